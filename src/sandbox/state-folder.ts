import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder that a sandbox's world is kept in. Writes are synchronous on purpose: what the
 * simulated cloud has answered must be on disk before the answer leaves, as it is in the real one.
 */
export class StateFolder {
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The saved JSON, or undefined when there is none. */
  read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(this.file(name), 'utf8'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  write(name: string, value: unknown): void {
    const temporary = this.file(`.${name}.${randomBytes(4).toString('hex')}`);
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
    renameSync(temporary, this.file(name));
  }

  /** Makes a file that must not exist yet; false when it does. */
  claim(name: string, value: unknown): boolean {
    try {
      writeFileSync(this.file(name), JSON.stringify(value), { mode: 0o600, flag: 'wx' });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }
}
