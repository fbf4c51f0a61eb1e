import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHetznerApi } from '../../src/hetzner/api.js';
import type { HetznerError } from '../../src/hetzner/errors.js';
import { OxideError } from '../../src/lib/errors.js';
import type { Outbound } from '../../src/lib/outbound.js';
import { Secret } from '../../src/lib/secret.js';
import { Loopback, testAuthority, type TestAuthority } from '../helpers/tls.js';
import { WarpClock } from '../helpers/warp-clock.js';

const token = 'token-that-nobody-may-see';
/** A name that no resolver knows (RFC 6761): only a proxy leads there. */
const name = 'api.test.invalid';

let authority: TestAuthority;
let loopback: Loopback;
/** `GET /v1/locations Bearer …` of what reached the API. */
let received: string[];

beforeAll(async () => {
  authority = await testAuthority();
});
beforeEach(() => {
  loopback = new Loopback();
  received = [];
});
afterEach(() => loopback.stop());

interface Asked {
  readonly error: OxideError | undefined;
  readonly requests: number;
  /** Of the clock that all waits of the client use. */
  readonly seconds: number;
}

/** Asks for the locations once, and tells how that ended. */
async function ask(endpoint: string, outbound: Outbound = {}): Promise<Asked> {
  const clock = new WarpClock();
  const before = clock.steady();
  const api = createHetznerApi({
    endpoint,
    outbound,
    token: new Secret(token),
    tokenSource: 'test',
    clock,
    signal: new AbortController().signal,
  });
  const error: unknown = await api.locations().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !(error instanceof OxideError)) throw error as Error;
  return { error, requests: api.requestCount(), seconds: (clock.steady() - before) / 1_000 };
}

async function apiWith(names: string[], validity = {}): Promise<number> {
  const pair = await authority.issue(names, validity);
  return loopback.https(pair, (request, response) => {
    received.push(`${request.url ?? ''} ${request.headers.authorization ?? '-'}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"locations":[]}');
  });
}

const trusting = (): Outbound => ({ authorities: [authority.certificate] });

describe('a certificate', () => {
  it.each([
    ['of an unknown authority', ['127.0.0.1'], {}, false, 'is not trusted'],
    ['that has expired', ['127.0.0.1'], { from: 20, days: 10 }, true, 'is out of its time'],
    ['from the future', ['127.0.0.1'], { from: -2, days: 10 }, true, 'is out of its time'],
    ['for another name', ['other.test'], {}, true, 'is for another name'],
  ])('%s ends it at once, and the token is not sent', async (_, names, validity, trusted, text) => {
    const port = await apiWith(names, validity);
    const asked = await ask(`https://127.0.0.1:${port}/v1`, trusted ? trusting() : {});
    expect(asked.error?.message).toContain(text);
    expect(asked.error?.hint).toContain('The token was not sent');
    expect([asked.error?.exitCode, asked.requests, received]).toEqual([3, 1, []]);
  });

  it('of an authority that the user trusts is accepted', async () => {
    const port = await apiWith(['127.0.0.1']);
    expect((await ask(`https://127.0.0.1:${port}/v1`, trusting())).error).toBeUndefined();
    expect(received).toEqual([`/v1/locations?page=1&per_page=50 Bearer ${token}`]);
  });
});

describe('an endpoint', () => {
  it('where nobody listens is given up within seconds', async () => {
    const port = await loopback.talking('');
    await loopback.stop();
    loopback = new Loopback();
    const { error, requests, seconds } = await ask(`https://127.0.0.1:${port}/v1`);
    expect(error).toMatchObject({ code: 'unreachable', exitCode: 3 });
    expect([requests, seconds < 20]).toEqual([4, true]);
  });

  it('whose name nobody knows is given up within seconds, and named', async () => {
    const { error, seconds } = await ask(`https://${name}/v1`);
    // A machine without any name server says EAI_AGAIN instead of ENOTFOUND.
    expect(['unknown_host', 'unreachable']).toContain((error as HetznerError).code);
    expect(error?.message).toContain(`the API at https://${name}`);
    expect(error?.hint).toContain('comes from HCLOUD_ENDPOINT: is it right?');
    expect(seconds).toBeLessThan(20);
  });

  it.each([
    ['no TLS', 'https', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['no HTTP', 'http', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('that speaks %s is no reason to wait', async (_, scheme, greeting) => {
    const port = await loopback.talking(greeting);
    const { error, requests } = await ask(`${scheme}://127.0.0.1:${port}/v1`);
    expect(error).toMatchObject({ code: 'not_http', exitCode: 3 });
    expect(requests).toBe(1);
  });

  it.each(['http://api.hetzner.cloud/v1', 'http://192.0.2.7/v1', 'http://localhost.example/v1'])(
    'without encryption is never given the token: %s',
    async (endpoint) => {
      const asked = ask(endpoint);
      await expect(asked).rejects.toMatchObject({ exitCode: 2 });
      await expect(asked).rejects.toThrow('the API token would go there unencrypted');
    },
  );
});

describe('a proxy', () => {
  it('is used for what it is set for, and the API is asked through it', async () => {
    const asked: string[] = [];
    const port = await loopback.proxy(await apiWith([name]), { asked });
    const httpsProxy = `http://user:secret@127.0.0.1:${port}`;
    const { error } = await ask(`https://${name}/v1`, { ...trusting(), httpsProxy });
    expect(error).toBeUndefined();
    const credentials = Buffer.from('user:secret').toString('base64');
    expect(asked).toEqual([`${name}:443 Basic ${credentials}`]);
    expect(received).toHaveLength(1);
  });

  it('is not used for what NO_PROXY names, nor for this machine', async () => {
    const asked: string[] = [];
    const port = await apiWith(['127.0.0.1']);
    const proxy = `http://127.0.0.1:${await loopback.proxy(port, { asked })}`;
    const outbound = { ...trusting(), httpsProxy: proxy };
    expect((await ask(`https://127.0.0.1:${port}/v1`, outbound)).error).toBeUndefined();
    await ask(`https://${name}/v1`, { ...outbound, noProxy: '.invalid' });
    expect(asked).toEqual([]);
  });

  it.each([
    [403, 'proxy_refused', 1],
    [407, 'proxy_refused', 1],
    [502, 'unreachable', 4],
  ])('that answers %i is told as the proxy', async (status, code, requests) => {
    const port = await loopback.proxy(1, { status });
    const asked = await ask(`https://${name}/v1`, { httpsProxy: `http://127.0.0.1:${port}` });
    expect(asked.error).toMatchObject({ code, exitCode: 3 });
    expect(asked.error?.message).toContain(`the proxy answered ${status}`);
    expect(asked.requests).toBe(requests);
  });

  it('with a certificate of its own for the API is told as not trusted', async () => {
    const port = await loopback.proxy(await apiWith([name]));
    const { error } = await ask(`https://${name}/v1`, { httpsProxy: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ code: 'untrusted_certificate', exitCode: 3 });
    expect(error?.hint).toContain('SSL_CERT_FILE');
    expect(received).toEqual([]);
  });
});
