import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { outputWishes } from '../../src/cli/output-wishes.js';
import {
  demandNoSecret,
  sandboxToken,
  secretsIn,
  type Haystack,
  type KnownSecret,
} from './secret-scan.js';
import { projectFolder } from './source-files.js';

const main = join(projectFolder, 'dist', 'cli', 'main.js');

/** Where the CLI unpacks the bundled kubectl and helm: the user's own cache, filled once. */
export const toolCache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

export interface CliEnd {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the CLI that may still run. */
export interface CliProcess {
  readonly end: Promise<CliEnd>;
  /** Resolves with all of the stream's text as soon as it contains `text`. Rejects when it ends before. */
  said(stream: 'stdout' | 'stderr', text: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
}

export interface CliOptions {
  /** Beside the few variables that every test gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What comes in on stdin; nothing unless given. */
  readonly stdin?: string;
  /** Stops reading results at once, as `| head -1` does. */
  readonly closeStdout?: boolean;
}

/** Starts the built CLI as a user would, in a machine without talosctl, kubectl and helm. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  if (!existsSync(main)) throw new Error('dist/cli/main.js is missing: run "npm run build" first');
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? projectFolder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: '',
      HOME: tmpdir(),
      XDG_CACHE_HOME: toolCache,
      OXIDE_SANDBOX_SPEED: '600',
      ...options.env,
    },
  });
  // It may have ended without reading.
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  if (options.closeStdout) child.stdout.destroy();
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const end = new Promise<CliEnd>((done, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const checked = async (): Promise<CliEnd> => {
        demandNoSecret(secretsOf(args, options), haystacksOf(text));
        if (/[\uFDD0-\uFDEF]/.test(text.stdout + text.stderr)) {
          throw new Error(`a command was not written out:\n${text.stdout}\n${text.stderr}`);
        }
        // Loaded on demand: most calls print no documents.
        const { json, jsonProgress } = outputWishes(args);
        if (json || jsonProgress) (await import('./documents.js')).demandDocuments(args, text);
        return { code: code ?? signal, ...text };
      };
      checked().then(done, reject);
    });
  });
  return {
    end,
    said: (stream, wanted) =>
      new Promise((done, reject) => {
        const look = (): void => {
          if (!text[stream].includes(wanted)) return;
          listeners.delete(look);
          done(text[stream]);
        };
        listeners.add(look);
        void end.then(({ stdout, stderr }) => {
          reject(new Error(`it ended without "${wanted}":\n${stdout}\n${stderr}`));
        });
        look();
      }),
    signal: (name) => {
      child.kill(name);
    },
  };
}

/** What this call may never print: the secrets of its output folder, and tokens. */
function secretsOf(args: readonly string[], { cwd, env }: CliOptions): KnownSecret[] {
  const at = args.indexOf('--output');
  const output = resolve(cwd ?? projectFolder, (at < 0 ? undefined : args[at + 1]) ?? 'output');
  const token = env?.['HCLOUD_TOKEN'] ?? '';
  return [
    ...(token === '' ? [] : [{ what: 'HCLOUD_TOKEN', value: token }]),
    // Telling it is what these two are for; it opens the simulated project only.
    ...(args.includes('serve') || args.includes('env')
      ? []
      : sandboxToken(join(output, 'rehearsal'))),
    ...secretsIn(output),
    ...secretsIn(join(output, 'rehearsal')),
  ];
}

function haystacksOf(text: Readonly<Record<'stdout' | 'stderr', string>>): Haystack[] {
  return [
    { where: 'stdout', text: text.stdout },
    { where: 'stderr', text: text.stderr },
  ];
}

export function runCli(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
  return startCli(args, options).end;
}

/** A folder of the test that calls it, removed at its end. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oxide-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A folder of the tests of a describe, which go on where the one before has stopped; removed after them. */
export function sharedFolder(name = 'oxide-cli-'): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** In the sandbox of this folder the operator's provider hands out another address. */
export function moveCaller(folder: string, callerAddress: string): void {
  const file = join(folder, 'output', 'rehearsal', 'sandbox', 'sandbox.json');
  const identity = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...identity, callerAddress }));
}
