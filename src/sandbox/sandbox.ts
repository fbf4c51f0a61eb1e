import { randomBytes, randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { ensurePrivateFolder, readTextIfExists, writePrivateFile } from '../lib/files.js';
import { isAlive } from '../lib/processes.js';
import { realSleep, wallClock, type Clock } from '../lib/wait.js';
import type { FaultPlan } from './faults.js';
import { identityFile, readRunning, runningFile, type Running } from './kept-sandbox.js';
import { getJson, postJson } from './loopback.js';
import { JoinedClock } from './joined-clock.js';
import { ScaledClock } from './scaled-clock.js';
import { SandboxServer, type SandboxInfo, type SnapshotWish } from './server.js';
import { StateFolder } from './state-folder.js';
import { World, type SandboxIdentity } from './world.js';

export interface SandboxOptions {
  /** Where the world is kept between invocations. */
  readonly folder: string;
  /** How many simulated seconds pass in a real one. */
  readonly speed: number;
  /** A clock of the caller's own, for tests. */
  readonly clock?: Clock;
  readonly faults?: FaultPlan;
  /**
   * Whether the world moves on while nobody asks, which open watches need. True unless given; tests
   * without watches then have a world that moves only when it is looked at.
   */
  readonly ticking?: boolean;
  /**
   * Whether the world is saved whenever it changes. True unless given; tests that never open it
   * again do without.
   */
  readonly saved?: boolean;
}

/** Another process, which runs the world that this one joined. */
export interface SandboxHost {
  readonly pid: number;
  /** Resolves when that process runs the world no more. */
  readonly ended: (signal: AbortSignal) => Promise<void>;
}

/** A running sandbox: where it listens and how tools are led to it. */
export interface Sandbox {
  readonly url: string;
  readonly clock: Clock;
  readonly token: string;
  /** Undefined when another process runs the world and this one only uses it. */
  readonly world: World | undefined;
  /** The process that runs the world; undefined when it is this one. */
  readonly host: SandboxHost | undefined;
  /** Aborted with the reason when the world can be saved no more. */
  readonly failed: AbortSignal;
  /** Puts a Talos snapshot into the project, as its owner would have. */
  ensureSnapshot(snapshot: SnapshotWish): Promise<void>;
  /** Registers a schematic whose content only the real factory knows. */
  ensureSchematic(id: string): Promise<void>;
  /** The addresses that a name leads to in the simulated internet. */
  resolve(name: string): Promise<readonly string[]>;
  /** Saves the world and stops listening. */
  close(): Promise<void>;
}

/**
 * Opens the sandbox kept in a folder: joins the process that already runs it, or runs it in this
 * one. The claim comes before the world is loaded, so two processes never run the same world.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  await ensurePrivateFolder(options.folder);
  const state = new StateFolder(options.folder);
  for (;;) {
    const instance = randomBytes(8).toString('hex');
    if (state.claim(runningFile, { pid: process.pid, instance } satisfies Running)) {
      try {
        return await runHere(state, instance, options);
      } catch (error) {
        state.remove(runningFile);
        throw error;
      }
    }
    const joined = await joinRunning(state);
    if (joined) return joined;
    await realSleep(50);
  }
}

async function joinRunning(state: StateFolder): Promise<Sandbox | undefined> {
  const running = readRunning(state);
  if (running === undefined || running === 'starting') return undefined;
  if (running === 'killed' || !isAlive(running.pid)) {
    state.remove(runningFile);
    return undefined;
  }
  if (running.url === undefined) return undefined;
  const { url, instance } = running;
  // Read from the disk, where only the owner can: the sandbox itself tells it to nobody.
  const { token } = (state.read(identityFile) ?? { token: '' }) as Pick<SandboxIdentity, 'token'>;
  const info = (await getJson(`${url}/sandbox`, token)) as SandboxInfo | undefined;
  if (info?.instance !== instance) {
    // The process id was given to another program since.
    state.remove(runningFile);
    return undefined;
  }
  return {
    ...{ url, token, clock: new JoinedClock({ url, token }, info), world: undefined },
    host: { pid: running.pid, ended: (signal) => endOf(state, running, signal) },
    failed: new AbortController().signal,
    ensureSnapshot: async (wish) => {
      await postJson(`${url}/sandbox/snapshots`, wish, { token });
    },
    ensureSchematic: async (id) => {
      await postJson(`${url}/sandbox/schematics`, { id }, { token });
    },
    resolve: (name) => resolveAt({ url, token }, name),
    close: () => Promise.resolve(),
  };
}

async function runHere(
  state: StateFolder,
  instance: string,
  options: SandboxOptions,
): Promise<Sandbox> {
  const saved = state.read(identityFile) as (SandboxIdentity & { port: number }) | undefined;
  const identity = saved ?? newIdentity();
  const clock =
    options.clock ??
    new ScaledClock(options.speed, Math.max(World.savedTime(state) ?? 0, wallClock()));
  const failure = new AbortController();
  const onFailure = (reason: unknown): void => {
    failure.abort(reason);
  };
  const world = new World({ identity, state, clock, saved: options.saved ?? true, onFailure });
  const { faults, ticking = true } = options;
  const server = new SandboxServer({ world, clock, identity, instance, faults, ticking });
  const port = await server.listen(saved?.port);
  const url = `http://127.0.0.1:${port}`;
  try {
    if (saved && saved.port !== port) await leadTo(options.folder, saved.port, port);
    state.write(identityFile, { ...identity, port });
    state.write(runningFile, { pid: process.pid, instance, url } satisfies Running);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ...{ url, clock, token: identity.token, world, failed: failure.signal },
    host: undefined,
    ensureSnapshot: (wish) => {
      server.ensureSnapshot(wish);
      return Promise.resolve();
    },
    ensureSchematic: (id) => {
      server.ensureSchematic(id);
      return Promise.resolve();
    },
    resolve: (name) => Promise.resolve(world.resolve(name)),
    close: async () => {
      try {
        await server.close();
      } finally {
        state.remove(runningFile);
      }
    },
  };
}

async function endOf(state: StateFolder, { pid, instance }: Running, signal: AbortSignal) {
  const isRunning = (): boolean => {
    const running = readRunning(state);
    return typeof running === 'object' && running.instance === instance && isAlive(pid);
  };
  while (isRunning()) await realSleep(200, signal);
}

async function resolveAt(
  { url, token }: { readonly url: string; readonly token: string },
  name: string,
): Promise<readonly string[]> {
  const found = await getJson(`${url}/sandbox/names/${encodeURIComponent(name)}`, token);
  return Array.isArray(found) ? (found as readonly string[]) : [];
}

function newIdentity(): SandboxIdentity {
  return {
    seed: randomInt(2 ** 31),
    token: randomBytes(32).toString('hex'),
    callerAddress: '198.51.100.7',
  };
}

/** Another program took the sandbox's port since: the access file beside it follows to the new one. */
async function leadTo(folder: string, oldPort: number, newPort: number): Promise<void> {
  const kubeconfig = join(dirname(folder), 'kubeconfig');
  const text = await readTextIfExists(kubeconfig);
  if (text === undefined) return;
  const followed = text.replaceAll(`http://127.0.0.1:${oldPort}`, `http://127.0.0.1:${newPort}`);
  if (followed !== text) await writePrivateFile(kubeconfig, followed);
}
