import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHetznerApi, type HetznerApi } from '../../src/hetzner/api.js';
import { HetznerError } from '../../src/hetzner/errors.js';
import { Secret } from '../../src/lib/secret.js';
import { WarpClock } from '../helpers/warp-clock.js';
import { error, html, ok, ScriptedServer, server } from './scripted-server.js';

let api: HetznerApi;
let cloud: ScriptedServer;
let shown: string[];

beforeEach(async () => {
  cloud = new ScriptedServer();
  shown = [];
  api = createHetznerApi({
    endpoint: await cloud.start(),
    token: new Secret('x'),
    tokenSource: 'test',
    clock: new WarpClock(),
    signal: new AbortController().signal,
    cluster: 'demo',
    onDebug: (line) => shown.push(line),
  });
});
afterEach(() => cloud.stop());

const page = (key: string, ...items: unknown[]) =>
  ok({ [key]: items, meta: { pagination: { next_page: null } } });
const theirs = (changes: object) => server({ id: 9, name: 'theirs', labels: {}, ...changes });

async function failure(work: Promise<unknown>): Promise<HetznerError> {
  const thrown: unknown = await work.catch((caught: unknown) => caught);
  if (!(thrown instanceof HetznerError)) throw new Error('no HetznerError');
  return thrown;
}

describe('an odd field', () => {
  it.each([
    ['of a server of somebody else', theirs({ public_net: 7 })],
    ['of labels that are none', theirs({ labels: 'none' })],
    [
      "of another of oxide's clusters",
      theirs({ status: null, labels: { 'managed-by': 'oxide', cluster: 'other' } }),
    ],
  ])('%s leaves the list readable, and the server in it', async (_, odd) => {
    cloud.on('GET /servers', page('servers', server(), odd));
    expect((await api.servers()).map(({ id, name }) => [id, name])).toEqual([
      [42, 'demo-web-1'],
      [9, 'theirs'],
    ]);
    expect(shown.filter((line) => line.includes('left out of theirs (id 9)'))).toHaveLength(1);
  });

  it.each([
    ['no name', { name: null }],
    ['no id', { id: 'nine' }],
    ['an id that no number holds', { id: 2 ** 60 }],
  ])('leaves out what cannot be told of at all: %s', async (_, change) => {
    cloud.on('GET /servers', page('servers', theirs(change), server(), null, 'server'));
    expect((await api.servers()).map(({ id }) => id)).toEqual([42]);
  });

  it.each(['GET /servers', 'GET /servers?label_selector'])(
    'of a server of the cluster is an error that names it',
    async (route) => {
      cloud.on('GET /servers', page('servers', server({ public_net: 7 })));
      const selector = route.includes('?') ? 'managed-by=oxide' : undefined;
      const thrown = await failure(api.servers(selector));
      expect(thrown.message).toBe(
        "listing servers: Hetzner's API answered what oxide cannot read (200: demo-web-1 (id 42): the field public_net is not what the API describes)",
      );
      expect(cloud.lines).toHaveLength(1);
    },
  );

  it('of a type that nobody ordered leaves the others', async () => {
    const type = { id: 1, name: 'cx23', architecture: 'x86', cores: 2, memory: 4, disk: 40 };
    const riscv = { ...type, id: 2, name: 'cv1', architecture: 'riscv' };
    cloud.on('GET /server_types', page('server_types', { ...type, prices: [] }, riscv));
    expect((await api.serverTypes()).map(({ name }) => name)).toEqual(['cx23']);
  });

  it('that oxide does not need is not judged', async () => {
    const odd = { backup_window: 7, iso: [], created: null, server_type: { name: 'cx23' } };
    cloud.on('GET /servers', page('servers', server({ ...odd, volumes: null, private_net: null })));
    const [found] = await api.servers('managed-by=oxide');
    expect(found).toMatchObject({ volumes: [], private_net: [], server_type: { prices: [] } });
  });
});

describe('a price', () => {
  it.each(['NaN', '', '1e3', '-1', 'free', '9'.repeat(40), 5.49, null])(
    'that is no decimal number is unknown: %j',
    async (net) => {
      const good = { location: 'nbg1', ...prices('1.00') };
      const type = { id: 1, name: 'cx23', architecture: 'x86', cores: 2, memory: 4, disk: 40 };
      const odd = { location: 'fsn1', ...prices(net) };
      cloud.on('GET /server_types', page('server_types', { ...type, prices: [odd, good] }));
      cloud.on('GET /pricing', ok({ pricing: { currency: 'EUR', volume: odd, primary_ips: odd } }));
      const [found] = await api.serverTypes();
      expect(found?.prices.map(({ location }) => location)).toEqual(['nbg1']);
      expect(await api.pricing()).toEqual({ currency: 'EUR', primary_ips: [], floating_ips: [] });
    },
  );
});

const prices = (net: unknown) => ({
  price_hourly: { net, gross: '1' },
  price_monthly: { net: '1', gross: '1' },
});

describe('a list', () => {
  it('that is null is empty', async () => {
    cloud.on('GET /volumes', ok({ volumes: null }));
    expect(await api.volumes()).toEqual([]);
  });

  it('that is absent is an error', async () => {
    cloud.on('GET /volumes', ok({ surprise: [] }));
    expect((await failure(api.volumes())).code).toBe('unreadable_answer');
  });

  it.each([
    ['leads back to itself', 1, 'the page after 1 would be 1'],
    ['leads backwards', 0, 'the page after 1 would be 0'],
    ['is no number', '2', 'next_page is not what the API describes'],
    ['is half a number', 1.5, 'next_page is not what the API describes'],
  ])('whose next page %s ends', async (_, next, problem) => {
    cloud.on(
      'GET /servers',
      ok({ servers: [server()], meta: { pagination: { next_page: next } } }),
    );
    expect((await failure(api.servers())).message).toContain(problem);
    expect(cloud.lines).toHaveLength(1);
  });

  it('that never ends is ended', async () => {
    for (let n = 1; n <= 250; n++) {
      const route = `GET /servers?page=${n}&per_page=50`;
      cloud.on(route, ok({ servers: [], meta: { pagination: { next_page: n + 1 } } }));
    }
    expect((await failure(api.servers())).message).toContain('more than 200 pages');
  });
});

describe('an answer', () => {
  it('has a size limit', async () => {
    cloud.on('GET /servers/42', ok({ server: server({ novelty: 'x'.repeat(17 * 1024 * 1024) }) }));
    const thrown = await failure(api.server(42));
    expect(thrown.message).toContain('answered what oxide cannot read (answer_too_large');
    expect(cloud.lines).toHaveLength(1);
  });

  it.each([
    ['a page', html(200)],
    ['a refusal of a proxy', html(403)],
    ['a redirect', { status: 302, body: '', headers: { location: 'https://elsewhere' } }],
  ])('that is not of the API is no reason to wait: %s', async (_, reply) => {
    cloud.on('GET /servers/42', reply);
    const thrown = await failure(api.server(42));
    expect(thrown.message).toContain('is not the API');
    expect(thrown.exitCode).toBe(3);
    expect(cloud.lines).toHaveLength(1);
  });

  it('that refuses without words is understood by its code', async () => {
    cloud.on('GET /servers/42', { status: 401, body: { error: { code: 'unauthorized' } } });
    expect((await failure(api.server(42))).exitCode).toBe(3);
    cloud.on('GET /servers/42', error(404, 'not_found'));
    expect((await failure(api.server(42))).code).toBe('not_found');
  });
});

describe('an action', () => {
  it('in a state that nobody knows goes on, whatever else is odd about it', async () => {
    cloud.on(
      'GET /actions',
      ok({ actions: [{ id: 7, status: 'queued', resources: 3, error: 'x' }] }),
    );
    expect(await api.actions([7])).toEqual([
      { id: 7, command: 'an action', status: 'running', resources: [], error: null },
    ]);
    cloud.on('GET /actions', ok({ actions: null }));
    expect(await api.actions([7])).toEqual([]);
  });
});

describe("Hetzner's time", () => {
  it('is told by its answers', async () => {
    const ahead = 90 * 60_000;
    expect(Math.abs(api.now() - Date.now())).toBeLessThan(60_000);
    const date = new Date(Date.now() + ahead).toUTCString();
    cloud.on('GET /servers/42', ok({ server: server() }, { date }));
    await api.server(42);
    const measured = api.now() - Date.now();
    expect(Math.abs(measured - ahead)).toBeLessThan(60_000);
    cloud.on('GET /servers/42', ok({ server: server() }, { date: 'yesterday' }));
    await api.server(42);
    expect(Math.abs(api.now() - Date.now() - ahead)).toBeLessThan(60_000);
  });
});
