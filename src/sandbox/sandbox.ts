import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../lib/processes.js';
import { realSleep, wallClock, type Clock } from '../lib/wait.js';
import type { FaultPlan } from './faults.js';
import { getJson, postJson } from './loopback.js';
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

/** A running sandbox: where it listens and how tools are led to it. */
export interface Sandbox {
  readonly url: string;
  readonly clock: Clock;
  readonly token: string;
  /** Undefined when another process runs the world and this one only uses it. */
  readonly world: World | undefined;
  /** Puts a Talos snapshot into the project, as its owner would have. */
  ensureSnapshot(snapshot: SnapshotWish): Promise<void>;
  /** The addresses that a name leads to in the simulated internet. */
  resolve(name: string): Promise<readonly string[]>;
  /** Saves the world and stops listening. */
  close(): Promise<void>;
}

interface Running {
  readonly pid: number;
  readonly instance: string;
  /** Undefined while the process is still starting. */
  readonly url?: string;
}

const runningFile = 'running.json';

/** The stand-in talosctl, to be run with Node. */
export const talosctlScript = fileURLToPath(new URL('./talosctl/main.js', import.meta.url));

/**
 * Opens the sandbox kept in a folder: joins the process that already runs it, or runs it in this
 * one. The claim comes before the world is loaded, so two processes never run the same world.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const state = new StateFolder(options.folder);
  for (;;) {
    const instance = randomBytes(8).toString('hex');
    if (state.claim(runningFile, { pid: process.pid, instance } satisfies Running)) {
      return runHere(state, instance, options);
    }
    const joined = await joinRunning(state);
    if (joined) return joined;
    await realSleep(50);
  }
}

/** Forgets a kept world. False when a process runs it. */
export function forgetSandbox(folder: string): boolean {
  const state = new StateFolder(folder);
  const running = state.read(runningFile) as Running | undefined;
  if (running && isAlive(running.pid)) return false;
  for (const name of [runningFile, 'sandbox.json', 'cloud.json', 'clusters.json']) {
    state.remove(name);
  }
  return true;
}

async function joinRunning(state: StateFolder): Promise<Sandbox | undefined> {
  const running = state.read(runningFile) as Running | undefined;
  if (!running) return undefined;
  if (!isAlive(running.pid)) {
    state.remove(runningFile);
    return undefined;
  }
  if (running.url === undefined) return undefined;
  const { url } = running;
  const info = (await getJson(`${url}/sandbox`)) as SandboxInfo | undefined;
  if (info?.instance !== running.instance) {
    // The process id was given to another program since.
    state.remove(runningFile);
    return undefined;
  }
  return {
    url,
    clock: new ScaledClock(info.speed, info.now),
    token: info.token,
    world: undefined,
    ensureSnapshot: async (wish) => {
      await postJson(`${url}/sandbox/snapshots`, wish);
    },
    resolve: (name) => resolveAt(url, name),
    close: () => Promise.resolve(),
  };
}

async function runHere(
  state: StateFolder,
  instance: string,
  options: SandboxOptions,
): Promise<Sandbox> {
  const saved = state.read('sandbox.json') as (SandboxIdentity & { port: number }) | undefined;
  const identity = saved ?? newIdentity();
  const clock =
    options.clock ??
    new ScaledClock(options.speed, Math.max(World.savedTime(state) ?? 0, wallClock()));
  const world = new World({ identity, state, clock, saved: options.saved ?? true });
  const server = new SandboxServer({
    world,
    clock,
    identity,
    instance,
    faults: options.faults,
    ticking: options.ticking ?? true,
  });
  const port = await server.listen(saved?.port);
  const url = `http://127.0.0.1:${port}`;
  if (saved && saved.port !== port) leadTo(options.folder, `http://127.0.0.1:${saved.port}`, url);
  state.write('sandbox.json', { ...identity, port });
  state.write(runningFile, { pid: process.pid, instance, url } satisfies Running);
  return {
    url,
    clock,
    token: identity.token,
    world,
    ensureSnapshot: (wish) => {
      server.ensureSnapshot(wish);
      return Promise.resolve();
    },
    resolve: (name) => Promise.resolve(world.resolve(name)),
    close: async () => {
      await server.close();
      state.remove(runningFile);
    },
  };
}

async function resolveAt(url: string, name: string): Promise<readonly string[]> {
  const found = await getJson(`${url}/sandbox/names/${encodeURIComponent(name)}`);
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
function leadTo(folder: string, oldUrl: string, newUrl: string): void {
  const kubeconfig = join(dirname(folder), 'kubeconfig');
  try {
    const text = readFileSync(kubeconfig, 'utf8');
    writeFileSync(kubeconfig, text.replaceAll(oldUrl, newUrl), { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
