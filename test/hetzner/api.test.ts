import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHetznerApi, type HetznerApi, type HetznerOptions } from '../../src/hetzner/api.js';
import { BeingDeletedError } from '../../src/hetzner/ownership.js';
import { InterruptedError, OxideError } from '../../src/lib/errors.js';
import { Secret } from '../../src/lib/secret.js';
import { WarpClock } from '../helpers/warp-clock.js';
import { error, html, ok, running, ScriptedServer, server } from './scripted-server.js';

const token = 'token-that-nobody-may-see';
const userData = 'machine-configuration-that-nobody-may-see';

let api: HetznerApi;
let cloud: ScriptedServer;
let endpoint: string;
let clock: WarpClock;
let interrupt: AbortController;
let shown: string[];

beforeEach(async () => {
  cloud = new ScriptedServer();
  endpoint = await cloud.start();
  clock = new WarpClock();
  interrupt = new AbortController();
  shown = [];
  api = connect();
});
afterEach(() => cloud.stop());

function connect(changes: Partial<HetznerOptions> = {}): HetznerApi {
  return createHetznerApi({
    endpoint,
    token: new Secret(token),
    tokenSource: 'HCLOUD_TOKEN',
    clock,
    signal: interrupt.signal,
    random: () => 0.5,
    onDebug: (line) => shown.push(line),
    onNotice: (message) => shown.push(message),
    ...changes,
  });
}

const order = {
  name: 'demo-web-1',
  server_type: 'cx23',
  location: 'nbg1',
  image: 7,
  labels: { 'managed-by': 'oxide', cluster: 'demo' },
  ssh_keys: [1],
  firewalls: [{ firewall: 2 }],
  user_data: userData,
  public_net: { enable_ipv4: true, enable_ipv6: true },
  start_after_create: true,
};
const created = ok({ server: server(), action: running(1), next_actions: [running(2)] });
const page = (key: string, ...items: unknown[]) =>
  ok({ [key]: items, meta: { pagination: { next_page: null } } });
const nobody = page('servers');
const byName = 'GET /servers?name=demo-web-1&page=1&per_page=50';
const underWay = 'GET /servers/42/actions?status=running&page=1&per_page=50';

async function failure(work: Promise<unknown>): Promise<OxideError> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof OxideError) return caught;
    throw caught;
  }
  throw new Error('it succeeded');
}

describe('lists', () => {
  it('are read page by page with the selector', async () => {
    const first = 'GET /servers?label_selector=managed-by%3Doxide&page=1&per_page=50';
    const second = first.replace('page=1', 'page=2');
    cloud
      .on(first, ok({ servers: [server()], meta: { pagination: { next_page: 2 } } }))
      .on(second, page('servers', server({ id: 43 })));
    const servers = await api.servers('managed-by=oxide');
    expect(servers.map(({ id }) => id)).toEqual([42, 43]);
    expect(cloud.lines).toEqual([first, second]);
    expect(api.requestCount()).toBe(2);
  });

  it('ask for several actions with repeated ids', async () => {
    cloud.on('GET /actions', ok({ actions: [running(1)] }));
    await api.actions([1, 2]);
    expect(cloud.lines).toEqual(['GET /actions?id=1&id=2']);
  });
});

describe('a request that is refused for the moment', () => {
  it.each([
    ['429', error(429, 'rate_limit_exceeded')],
    ['409 conflict', error(409, 'conflict')],
    ['423 locked', error(423, 'locked')],
  ])('is sent again: %s', async (_, refusal) => {
    cloud.on('POST /servers', refusal, created);
    expect((await api.createServer(order)).server.id).toBe(42);
    expect(cloud.lines).toEqual(['POST /servers', 'POST /servers']);
  });

  it.each([
    ['502 with HTML', html(502)],
    ['503 with HTML', html(503)],
    ['504', error(504, 'timeout')],
    ['a reset', 'reset' as const],
  ])('is sent again at once when it only reads: %s', async (_, reply) => {
    cloud.on('GET /servers/42', reply, ok({ server: server() }));
    expect((await api.server(42)).name).toBe('demo-web-1');
  });

  it('fails in the end, and says so', async () => {
    cloud.on('GET /servers/42', html(502));
    const thrown = await failure(api.server(42));
    expect(thrown.message).toContain('gave no usable answer (502 bad_gateway');
    expect(thrown.hint).toContain('corr-1');
    expect(cloud.lines.length).toBe(8);
  });

  it('waits longer for a budget that is used up, and says until when', async () => {
    cloud.on('GET /servers/42', error(429, 'rate_limit_exceeded'), ok({ server: server() }));
    const before = clock.now();
    await api.server(42);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
    expect(
      shown.filter((line) => /waiting [\d.ms ]+, until \d\d:\d\d:\d\d\./.test(line)),
    ).toHaveLength(1);
  });

  it('slows to one a second when only the reserve of the budget is left', async () => {
    const low = { 'ratelimit-limit': '3600', 'ratelimit-remaining': '59' };
    cloud.on('GET /servers/42', ok({ server: server() }, low));
    await api.server(42);
    expect(api.budgetIsLow()).toBe(true);
    const before = clock.now();
    await Promise.all([api.server(42), api.server(42), api.server(42)]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(2_000);
  });
});

describe('a failure of the backend', () => {
  const failures = [
    ['500', error(500, 'server_error')],
    ['500 with HTML', html(500)],
    ['a status that nobody knows', html(520)],
    ['503 maintenance', error(503, 'maintenance')],
    ['403 maintenance', error(403, 'maintenance')],
  ] as const;

  it.each(failures)('does not end a look: %s', async (_, reply) => {
    cloud.on('GET /servers/42', reply, ok({ server: server() }));
    expect((await api.server(42)).id).toBe(42);
  });

  it.each(failures.slice(0, 3))(
    'has a create looked for before it is sent again: %s',
    async (_, reply) => {
      cloud.on('POST /servers', reply, created).on(byName, nobody);
      await api.createServer(order);
      expect(cloud.lines).toEqual(['POST /servers', byName, 'POST /servers']);
    },
  );

  it.each(failures.slice(0, 3))('has a create adopted that was made: %s', async (_, reply) => {
    cloud
      .on('POST /servers', reply)
      .on(byName, page('servers', server()))
      .on(underWay, page('actions'));
    expect((await api.createServer(order)).server.id).toBe(42);
    expect(cloud.lines.filter((line) => line === 'POST /servers')).toHaveLength(1);
  });

  it('is not pressed with a write', async () => {
    cloud.on('POST /servers', error(500, 'server_error', 'oh')).on(byName, nobody);
    const thrown = await failure(api.createServer(order));
    expect(thrown.message).toContain('500 server_error: oh');
    expect(thrown.exitCode).toBe(5);
    expect(cloud.lines.filter((line) => line === 'POST /servers')).toHaveLength(3);
  });

  it('is what is told, not that the look after it failed as well', async () => {
    cloud
      .on('POST /servers', error(504, 'timeout', 'first'))
      .on(byName, error(422, 'invalid_input'));
    expect((await failure(api.createServer(order))).message).toContain('504 timeout: first');
  });
});

describe('a create whose answer was lost', () => {
  const losses = [
    ['a reset', 'reset' as const],
    ['502', html(502)],
    ['504', error(504, 'timeout')],
  ] as const;

  it.each([
    ['a page', html(200)],
    ['no JSON', { status: 201, body: 'made' }],
    ['something else', ok({ surprise: true })],
  ])('or could not be read adopts what is there: %s', async (_, reply) => {
    cloud
      .on('POST /servers', reply)
      .on(byName, page('servers', server()))
      .on(underWay, page('actions'));
    expect((await api.createServer(order)).server.id).toBe(42);
  });

  it.each(losses)('adopts what is there, with its running actions: %s', async (_, loss) => {
    cloud
      .on('POST /servers', loss)
      .on(byName, page('servers', server()))
      .on(underWay, page('actions', running(9)));
    const { server: made, actions } = await api.createServer(order);
    expect([made.id, actions.map(({ id }) => id)]).toEqual([42, [9]]);
    expect(cloud.lines).toEqual(['POST /servers', byName, underWay]);
  });

  it.each(losses)('is sent again only when nothing is there: %s', async (_, loss) => {
    cloud.on('POST /servers', loss, created).on(byName, nobody);
    const { actions } = await api.createServer(order);
    expect(actions.map(({ id }) => id)).toEqual([1, 2]);
    expect(cloud.lines).toEqual(['POST /servers', byName, 'POST /servers']);
  });

  it('is looked up as well when no answer comes in time', async () => {
    api = connect({ requestTimeoutMs: 150 });
    cloud
      .on('POST /servers', 'hang')
      .on(byName, page('servers', server()))
      .on(underWay, page('actions'));
    expect((await api.createServer(order)).server.id).toBe(42);
  });

  it("stops when the name is somebody else's", async () => {
    cloud.on('POST /servers', 'reset').on(byName, page('servers', server({ labels: {} })));
    const thrown = await failure(api.createServer(order));
    expect(thrown.message).toBe(
      'a server named "demo-web-1" exists (id 42) that is not this cluster\'s',
    );
    expect(thrown.exitCode).toBe(3);
  });

  it('adopts a key by its fingerprint, because that is unique in a project', async () => {
    const publicKey =
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJAyYJzLvLKEiVUUUS1tTpK1VBDHM0xVn4BnVG0vwaLm demo';
    const key = { id: 5, name: 'other', fingerprint: 'x', public_key: publicKey };
    const labels = order.labels;
    cloud
      .on('POST /ssh_keys', error(409, 'uniqueness_error', 'SSH key with the same fingerprint'))
      .on('GET /ssh_keys?name=demo&page=1&per_page=50', page('ssh_keys'))
      .on('GET /ssh_keys', page('ssh_keys', { ...key, labels }));
    const found = await api.createSshKey({ name: 'demo', public_key: publicKey, labels });
    expect(found.id).toBe(5);
    expect(cloud.lines.at(-1)).toMatch(/^GET \/ssh_keys\?fingerprint=([0-9a-f]{2}(%3A|&)){16}/);
  });
});

describe('a create whose name is taken', () => {
  it('adopts its own thing', async () => {
    cloud
      .on('POST /servers', error(409, 'uniqueness_error', 'server name is already used'))
      .on(byName, page('servers', server()))
      .on(underWay, page('actions'));
    expect((await api.createServer(order)).server.id).toBe(42);
  });

  it('is not repeated while a deleted server still holds the name', async () => {
    cloud
      .on('POST /servers', error(409, 'uniqueness_error', 'server name is already used'))
      .on(byName, page('servers', server({ status: 'deleting' })))
      .on(underWay, page('actions', running(8, 'delete_server')));
    const thrown = await failure(api.createServer(order));
    expect(thrown).toBeInstanceOf(BeingDeletedError);
    expect(thrown).toMatchObject({ server: 42, actions: [{ id: 8 }] });
    expect(cloud.lines).toEqual(['POST /servers', byName, underWay]);
  });

  it('is not repeated either when its answer was lost, or when only the action tells', async () => {
    cloud
      .on('POST /servers', 'reset')
      .on(byName, page('servers', server({ status: 'running' })))
      .on(underWay, page('actions', running(8, 'delete_server')));
    expect(await failure(api.createServer(order))).toBeInstanceOf(BeingDeletedError);
    expect(cloud.lines.filter((line) => line === 'POST /servers')).toHaveLength(1);
  });
});

describe('a change whose answer was lost', () => {
  const attach = 'POST /servers/42/actions/attach_to_network';
  const wish = { network: 3, ip: '10.0.1.254' };

  it('is taken as done when the server shows it', async () => {
    cloud
      .on(attach, 'reset')
      .on(underWay, page('actions'))
      .on(
        'GET /servers/42',
        ok({ server: server({ private_net: [{ network: 3, ip: wish.ip }] }) }),
      );
    expect(await api.attachToNetwork(42, wish)).toEqual([]);
    expect(cloud.lines.filter((line) => line === attach)).toHaveLength(1);
  });

  it('is awaited when it is under way', async () => {
    cloud.on(attach, html(504)).on(underWay, page('actions', running(8, 'attach_to_network')));
    expect((await api.attachToNetwork(42, wish)).map(({ id }) => id)).toEqual([8]);
  });

  it('is sent again when there is no trace of it', async () => {
    const poweron = 'POST /servers/42/actions/poweron';
    cloud
      .on(poweron, 'reset', { status: 201, body: { action: running(8, 'start_server') } })
      .on(underWay, page('actions'))
      .on('GET /servers/42', ok({ server: server({ status: 'off' }) }));
    expect((await api.powerOn(42)).map(({ id }) => id)).toEqual([8]);
    expect(cloud.lines.filter((line) => line === poweron)).toHaveLength(2);
  });

  it('of labels keeps the others and takes away what is undefined', async () => {
    cloud
      .on('GET /servers/42', ok({ server: server({ labels: { a: '1', b: '1', c: '1' } }) }))
      .on('PUT /servers/42', ok({ server: server({}) }));
    await api.updateServerLabels(42, { b: '2', c: undefined });
    expect(cloud.received.at(-1)?.body).toEqual({ labels: { a: '1', b: '2' } });
  });
});

describe('a delete', () => {
  it('is repeated after a lost answer, and what is gone is no error', async () => {
    cloud.on('DELETE /servers/42', 'reset', error(404, 'not_found'));
    expect(await api.deleteServer(42)).toEqual([]);
  });

  it.each([
    ['one', 200, { action: running(9) }, [9]],
    ['several', 201, { actions: [running(9), running(10)] }, [9, 10]],
    ['none, of a body', 200, { action: null }, []],
    ['none', 204, undefined, []],
  ])('hands on the actions of its answer: %s', async (_, status, body, ids) => {
    cloud.on('DELETE /load_balancers/9', { status, body });
    cloud.on('DELETE /networks/9', { status, body });
    const begun = [await api.deleteLoadBalancer(9), await api.deleteNetwork(9)];
    expect(begun.map((actions) => actions.map(({ id }) => id))).toEqual([ids, ids]);
  });

  it('waits while the thing still counts as in use', async () => {
    cloud.on('DELETE /firewalls/2', error(422, 'resource_in_use'), { status: 204 });
    await api.deleteFirewall(2);
    expect(cloud.lines).toHaveLength(2);
  });
});

describe('an error', () => {
  it.each([
    [error(401, 'unauthorized', 'the token you have provided is invalid'), 3, 'HCLOUD_TOKEN'],
    [
      error(403, 'resource_limit_exceeded', 'server limit exceeded'),
      4,
      'your Hetzner account may not have more servers',
    ],
    [error(412, 'resource_unavailable', 'error during placement'), 4, 'cx23 in nbg1'],
    [error(422, 'placement_error'), 4, 'no capacity'],
    [error(423, 'protected', 'server is delete protected'), 3, 'delete protected'],
    [
      error(422, 'invalid_input', 'invalid input', {
        fields: [{ name: 'name', messages: ['too long'] }],
      }),
      2,
      '[name: too long]',
    ],
    [error(403, 'maintenance', 'being moved'), 5, 'being moved'],
    [error(410, 'deprecated_api_endpoint', 'gone'), 4, 'gone'],
    [error(422, 'never_heard_of', 'no'), 4, 'never_heard_of'],
    [error(404, 'not_found', 'image not found'), 5, 'image not found'],
    [error(422, '__proto__', 'odd'), 4, '(__proto__): odd'],
    [error(422, 'constructor', 'odd'), 4, '(constructor): odd'],
    [error(422, 'toString', 'odd'), 4, '(toString): odd'],
  ])('%j says what happened and ends with exit code %i', async (reply, exitCode, text) => {
    cloud.on('POST /servers', reply);
    const thrown = await failure(api.createServer(order));
    expect(thrown.exitCode).toBe(exitCode);
    expect(thrown.message).toContain(text);
    expect(cloud.lines).toEqual(['POST /servers']);
  });

  it('about an account limit links the page where it is raised, and denies a rate limit', async () => {
    cloud.on('POST /servers', error(403, 'resource_limit_exceeded', 'server limit exceeded'));
    const { hint } = await failure(api.createServer(order));
    expect(hint).toContain('https://console.hetzner.cloud/limits');
    expect(hint).toContain('not the rate limit');
  });

  it('names an API that nobody answers for', async () => {
    await cloud.stop();
    const thrown = await failure(api.server(42));
    expect(thrown.message).toContain("Hetzner's API cannot be reached");
    expect(thrown.exitCode).toBe(3);
    await cloud.start();
  });

  it('never shows the token or a body', async () => {
    cloud.on('POST /servers', error(422, 'invalid_input', 'no'), html(502)).on(byName, nobody);
    const thrown = [await failure(api.createServer(order)), await failure(api.createServer(order))];
    const text = JSON.stringify([shown, thrown.map((one) => [one.message, one.hint, one.stack])]);
    expect(text).not.toContain(token);
    expect(text).not.toContain(userData);
    expect(shown[0]).toMatch(/^POST \/servers 422 corr-1 \d+ ms$/);
    expect(cloud.received[0]?.authorization).toBe(`Bearer ${token}`);
  });
});

describe('an interrupt', () => {
  it('ends a read at once', async () => {
    cloud.on('GET /servers/42', 'hang');
    const reading = api.server(42);
    interrupt.abort(new InterruptedError());
    await expect(reading).rejects.toBeInstanceOf(InterruptedError);
  });

  it('awaits a write that is under way, and sends nothing more', async () => {
    const slow = new Promise<void>((resolve) => setImmediate(resolve));
    cloud.on('POST /servers', created);
    const creating = api.createServer(order);
    await slow;
    interrupt.abort(new InterruptedError());
    expect((await creating).server.id).toBe(42);
    await expect(api.deleteServer(42)).rejects.toBeInstanceOf(InterruptedError);
    expect(cloud.lines).toEqual(['POST /servers']);
  });

  it('ends the wait before a second try', async () => {
    cloud.on('GET /servers/42', error(429, 'rate_limit_exceeded'));
    api = connect({
      onNotice: () => {
        interrupt.abort(new InterruptedError());
      },
    });
    await expect(api.server(42)).rejects.toBeInstanceOf(InterruptedError);
    expect(cloud.lines).toHaveLength(1);
  });
});
