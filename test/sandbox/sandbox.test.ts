import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { collect } from '../../src/sandbox/loopback.js';
import { forgetSandbox, lookAtSandbox } from '../../src/sandbox/kept-sandbox.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
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

  test('has images of a schematic that it was told of, also by a second opener, and later', async () => {
    const path = folder();
    const [first, second] = ['ab', 'cd'].map((digits) => digits.repeat(32)) as [string, string];
    const image = async ({ url }: Sandbox, id: string): Promise<number> => {
      const place = `${url}/image-factory/image/${id}/v1.13.9/hcloud-amd64.raw.xz`;
      return (await fetch(place, { redirect: 'manual' })).status;
    };
    const owner = await open(path);
    const guest = await open(path);
    await owner.ensureSchematic(first);
    expect([await image(owner, first), await image(owner, second)]).toEqual([302, 404]);
    await guest.ensureSchematic(second);
    await owner.close();
    const again = await open(path);
    expect([await image(again, first), await image(again, second)]).toEqual([302, 302]);
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

describe.skipIf(process.platform === 'win32')('the folder of a sandbox', () => {
  test('and every file in it is for its owner only', async () => {
    const path = folder();
    const sandbox = await open(path);
    const modes = new Set(readdirSync(path).map((name) => statSync(join(path, name)).mode & 0o777));
    expect([...modes]).toEqual([0o600]);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    await sandbox.close();
  });

  test('gives a claim to one alone, until it is given back', () => {
    const state = new StateFolder(mkdtempSync(join(tmpdir(), 'oxide-sandbox-')));
    onTestFinished(() => rm(state.path, { recursive: true, force: true }));
    expect([state.claim('running.json', 1), state.claim('running.json', 2)]).toEqual([true, false]);
    expect(state.read('running.json')).toBe(1);
    state.remove('running.json');
    expect(state.claim('running.json', 3)).toBe(true);
  });

  test('with a broken file says so, and how to begin anew', async () => {
    const path = folder();
    await (await open(path)).close();
    writeFileSync(join(path, 'cloud.json'), '{"now": 1');
    await expect(open(path)).rejects.toMatchObject({
      message: `the state of the sandbox in ${join(path, 'cloud.json')} is not readable`,
      exitCode: ExitCode.precondition,
    });
    expect(lookAtSandbox(path)).toEqual({ running: false, resources: undefined });
    expect(forgetSandbox(path)).toBe(true);
    await open(path);
  });

  test('with a claim that a killed process has half written is taken over', async () => {
    const path = folder();
    await (await open(path)).close();
    const claim = join(path, 'running.json');
    writeFileSync(claim, '');
    utimesSync(claim, 0, 0);
    expect((await open(path)).world).toBeDefined();
  });
});

describe('the door of a sandbox', () => {
  /** The status and the text that such a request is answered with. */
  function answerTo(url: string, headers: Record<string, string>) {
    return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = request(url, { headers }, (response) => {
        collect(response).then((text) => {
          resolve({ status: response.statusCode, text });
        }, reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  test.each([
    ['another host name that leads here', { host: 'evil.example:80' }],
    ['the address with another port', { host: '127.0.0.1:1' }],
    ['a web page', { origin: 'http://evil.example' }],
    ['a web page that hides its origin', { 'sec-fetch-site': 'cross-site' }],
  ])('is shut for %s', async (_who, headers: Record<string, string>) => {
    const { url, token } = await open(folder());
    const authorization = `Bearer ${token}`;
    for (const path of ['/v1/servers', '/ip', '/sandbox', '/talos']) {
      expect(await answerTo(`${url}${path}`, { authorization, ...headers })).toMatchObject({
        status: 421,
      });
    }
    expect(await answerTo(`${url}/ip`, {})).toMatchObject({ status: 200 });
  });

  test('gives the token to nobody, and tells of itself to who has it', async () => {
    const { url, token } = await open(folder());
    for (const given of ['', 'Bearer wrong', `Basic ${token}`]) {
      const { status } = await answerTo(`${url}/sandbox`, { authorization: given });
      expect(status).toBe(401);
    }
    const { status, text } = await answerTo(`${url}/sandbox`, { authorization: `Bearer ${token}` });
    expect(status).toBe(200);
    expect(text).not.toContain(token);
  });
});
