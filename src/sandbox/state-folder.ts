import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { asFileError, isCode } from '../lib/file-errors.js';
import { wallClock } from '../lib/wait.js';

/** A file that was just made has no content for a moment; one that stays so is a killed process's. */
const youngMs = 2_000;

/** A state file was cut off, or changed by hand. */
export class UnreadableState extends PreconditionError {
  constructor(path: string) {
    super(
      `the state of the sandbox in ${path} is not readable`,
      `It was cut off, or changed by hand. Begin a new one: ${oxide`sandbox reset`}`,
    );
  }
}

/**
 * The folder that a sandbox's world is kept in. Writes are synchronous on purpose: what the
 * simulated cloud has answered must be on disk before the answer leaves, as it is in the real one.
 */
export class StateFolder {
  constructor(readonly path: string) {}

  file(name: string): string {
    return join(this.path, name);
  }

  /** The saved JSON, or undefined when there is none. Throws an UnreadableState when it is broken. */
  read(name: string): unknown {
    const path = this.file(name);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw asFileError(error, { verb: 'read', path }) ?? error;
    }
    try {
      return JSON.parse(text);
    } catch {
      throw new UnreadableState(path);
    }
  }

  /** Written as a whole or not at all; only one process at a time writes here. */
  write(name: string, value: unknown): void {
    const path = this.file(name);
    const temporary = this.file(`.${name}.tmp`);
    try {
      // Made anew: one that a killed process has left may be anything.
      rmSync(temporary, { force: true });
      writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    } catch (error) {
      throw asFileError(error, { verb: 'write', path }) ?? error;
    }
  }

  /** Makes a file that must not exist yet; false when it does. */
  claim(name: string, value: unknown): boolean {
    const path = this.file(name);
    try {
      writeFileSync(path, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      // Without its content it would be in everybody's way.
      this.remove(name);
      throw asFileError(error, { verb: 'write', path }) ?? error;
    }
  }

  /** Whether another process may be writing this file for the first time. */
  isYoung(name: string): boolean {
    const info = statSync(this.file(name), { throwIfNoEntry: false });
    return info !== undefined && wallClock() - info.mtimeMs < youngMs;
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }
}
