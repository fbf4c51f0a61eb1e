import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { forgetSandbox, openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { StateFolder } from '../../src/sandbox/state-folder.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'oxide-sandbox-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return join(path, 'sandbox');
}

async function open(path: string): Promise<Sandbox> {
  const sandbox = await openSandbox({ folder: path, speed: 600 });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The snapshots that the sandbox's API lists. */
async function snapshots({ url, token }: Sandbox): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/v1/images?type=snapshot`, { headers });
  const { images } = (await answer.json()) as { images: { id: number }[] };
  return images.map(({ id }) => id);
}

const snapshot = (id: number) => ({ talosVersion: 'v1.13.9', id, serverTypes: ['cx23'] });

describe('a sandbox', () => {
  test('keeps its world, its token and its address for the next invocation', async () => {
    const path = folder();
    const first = await open(path);
    await first.ensureSnapshot(snapshot(4711));
    // A write, after which the cloud is saved.
    await fetch(`${first.url}/v1/networks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'kept', ip_range: '10.0.0.0/16' }),
    });
    const before = first.clock.now();
    await first.close();
    const second = await open(path);
    expect([second.token, second.url]).toEqual([first.token, first.url]);
    expect(await snapshots(second)).toContain(4711);
    expect(second.clock.now()).toBeGreaterThanOrEqual(before);
  });

  test('is joined by a second opener, which sees the same world', async () => {
    const path = folder();
    const owner = await open(path);
    const guest = await open(path);
    expect(guest.world).toBeUndefined();
    expect(owner.world).toBeDefined();
    await guest.ensureSnapshot(snapshot(99));
    expect(await snapshots(owner)).toContain(99);
    expect(guest.token).toBe(owner.token);
    expect(guest.clock.speed).toBe(600);
    await guest.close();
    expect(await snapshots(owner)).toContain(99);
  });

  test('is run by one of several that open it at the same moment', async () => {
    const path = folder();
    const opened = await Promise.all([open(path), open(path), open(path)]);
    expect(opened.filter(({ world }) => world !== undefined)).toHaveLength(1);
    expect(new Set(opened.map(({ url }) => url)).size).toBe(1);
  });

  test('does not meet one in another folder', async () => {
    const [left, right] = await Promise.all([open(folder()), open(folder())]);
    expect(left.url).not.toBe(right.url);
    expect(left.token).not.toBe(right.token);
    const foreign = await fetch(`${left.url}/v1/servers`, {
      headers: { authorization: `Bearer ${right.token}` },
    });
    expect(foreign.status).toBe(401);
  });

  test('is taken over from a process that was killed', async () => {
    const path = folder();
    await (await open(path)).close();
    const state = new StateFolder(path);
    // The highest process id that Linux gives is 4194304.
    state.write('running.json', { pid: 2 ** 22 + 1, instance: 'dead', url: 'http://127.0.0.1:9' });
    expect((await open(path)).world).toBeDefined();
  });

  test('is taken over when its process id belongs to another program now', async () => {
    const path = folder();
    await (await open(path)).close();
    new StateFolder(path).write('running.json', {
      ...{ pid: process.pid, instance: 'gone', url: 'http://127.0.0.1:9' },
    });
    expect((await open(path)).world).toBeDefined();
  });

  test('leads the kubeconfig beside it to a new port when its own was taken', async () => {
    const path = folder();
    const first = await open(path);
    await first.close();
    const kubeconfig = join(path, '..', 'kubeconfig');
    writeFileSync(kubeconfig, `proxy-url: ${first.url}\n`);
    const squatter = createServer();
    await new Promise<void>((resolve) => {
      squatter.listen(Number(new URL(first.url).port), '127.0.0.1', resolve);
    });
    onTestFinished(() => void squatter.close());
    const second = await open(path);
    expect(second.url).not.toBe(first.url);
    expect(readFileSync(kubeconfig, 'utf8')).toBe(`proxy-url: ${second.url}\n`);
  });

  test('is forgotten when nobody runs it, and only then', async () => {
    const path = folder();
    const first = await open(path);
    expect(forgetSandbox(path)).toBe(false);
    await first.close();
    expect(forgetSandbox(path)).toBe(true);
    expect((await open(path)).token).not.toBe(first.token);
  });
});

describe('the folder of a sandbox', () => {
  test('is for its owner only', () => {
    const state = new StateFolder(folder());
    state.write('cloud.json', { a: 1 });
    expect(state.read('cloud.json')).toEqual({ a: 1 });
    if (process.platform === 'win32') return;
    expect(statSync(state.path).mode & 0o777).toBe(0o700);
    expect(statSync(state.file('cloud.json')).mode & 0o777).toBe(0o600);
  });

  test('gives a claim to one alone, until it is given back', () => {
    const state = new StateFolder(folder());
    expect([state.claim('running.json', 1), state.claim('running.json', 2)]).toEqual([true, false]);
    expect(state.read('running.json')).toBe(1);
    state.remove('running.json');
    expect(state.claim('running.json', 3)).toBe(true);
  });
});
