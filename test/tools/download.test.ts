import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError, PreconditionError } from '../../src/lib/errors.js';
import { download, ownAddress } from '../../src/tools/download.js';
import { Loopback, testAuthority } from '../helpers/tls.js';
import { WarpClock } from '../helpers/warp-clock.js';

type Answer = { status?: number; body?: string; location?: string } | 'hang' | 'reset';

let answers: Record<string, Answer[]>;
let asked: string[];
let http: Server;
let base: string;
let signal: AbortSignal;
const clock = new WarpClock();

beforeEach(async () => {
  answers = {};
  asked = [];
  signal = new AbortController().signal;
  http = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const queue = answers[path] ?? [];
    const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? { status: 404 };
    if (answer === 'hang') return;
    if (answer === 'reset') request.socket.destroy();
    else {
      const { status = 200, body = '', location } = answer;
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const find = (ipv4: string[], ipv6: string[]) =>
  ownAddress({
    ...{ clock, signal },
    ipv4: ipv4.map((path) => base + path),
    ipv6: ipv6.map((path) => base + path),
  });

describe('the own address', () => {
  it('is asked for each family', async () => {
    answers = { '/4': [{ body: '198.51.100.7\n' }], '/6': [{ body: '2001:db8::7\n' }] };
    expect(await find(['/4'], ['/6'])).toEqual({
      ...{ ipv4: '198.51.100.7', ipv6: '2001:db8::7', notes: [] },
    });
  });

  it('comes from the second service when the first does not answer, or with nonsense', async () => {
    answers = {
      '/broken': ['reset'],
      '/4': [{ body: '198.51.100.7' }],
      '/page': [{ body: '<html>' }],
      '/6': [{ body: '2001:db8::7' }],
    };
    const { ipv4, ipv6 } = await find(['/broken', '/4'], ['/page', '/6']);
    expect([ipv4, ipv6]).toEqual(['198.51.100.7', '2001:db8::7']);
  });

  it('of the wrong family is not taken, and the missing one is a note', async () => {
    answers = { '/4': [{ body: '198.51.100.7' }] };
    const found = await find(['/4'], ['/4']);
    expect(found).not.toHaveProperty('ipv6');
    expect(found.notes).toEqual([
      'no public IPv6 address was found; the firewall will admit only the other family',
    ]);
  });

  it('that does not end is not read to its end', async () => {
    answers = { '/endless': [{ body: '1'.repeat(100_000) }], '/4': [{ body: '198.51.100.7' }] };
    expect((await find(['/endless', '/4'], [])).ipv4).toBe('198.51.100.7');
  });

  it('that cannot be found is an error that names the key to set', async () => {
    const caught: unknown = await find(['/4'], ['/6']).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(PreconditionError);
    expect((caught as PreconditionError).exitCode).toBe(3);
    expect((caught as PreconditionError).hint).toContain('hcloud.firewall.allowed_cidrs');
  });

  it('is no longer asked for after an interrupt', async () => {
    const interrupt = new AbortController();
    signal = interrupt.signal;
    answers = { '/4': ['hang'] };
    const finding = find(['/4', '/4'], ['/4', '/4']);
    interrupt.abort(new InterruptedError());
    await expect(finding).rejects.toBeInstanceOf(InterruptedError);
  });
});

const fetchText = (path: string) => download({ url: base + path, clock, signal });

describe('a download', () => {
  it('is tried again after a broken connection and a server error', async () => {
    answers = { '/a.yaml': ['reset', { status: 502 }, { body: 'kind: List' }] };
    expect(await fetchText('/a.yaml')).toBe('kind: List');
  });

  it('follows redirects', async () => {
    answers = { '/a': [{ status: 302, location: '/b' }], '/b': [{ body: 'here' }] };
    expect(await fetchText('/a')).toBe('here');
  });

  it('of what does not exist fails at once, with its address', async () => {
    await expect(fetchText('/a.yaml')).rejects.toThrow(
      `cannot download ${base}/a.yaml: the server answered 404`,
    );
    expect(asked).toEqual(['/a.yaml']);
  });

  it('gives up after four tries', async () => {
    answers = { '/a.yaml': [{ status: 503 }] };
    await expect(fetchText('/a.yaml')).rejects.toThrow('503');
    expect(asked).toHaveLength(4);
  });

  it('has a size limit, and is not tried again when it is too large', async () => {
    answers = { '/a.yaml': [{ body: 'x'.repeat(17 * 1024 * 1024) }] };
    await expect(fetchText('/a.yaml')).rejects.toThrow('exceeded max size');
    expect(asked).toEqual(['/a.yaml']);
  });

  it('from something that speaks another protocol is not tried again', async () => {
    const loopback = new Loopback();
    const port = await loopback.talking('SSH-2.0-OpenSSH_9.6\r\n');
    const url = `http://127.0.0.1:${port}/a.yaml`;
    const before = clock.steady();
    await expect(download({ url, clock, signal })).rejects.toThrow(`cannot download ${url}`);
    expect(clock.steady() - before).toBeLessThan(2_000);
    await loopback.stop();
  });

  it('goes through the proxy, and trusts whom the user trusts', async () => {
    const loopback = new Loopback();
    const authority = await testAuthority();
    const pair = await authority.issue(['mirror.test.invalid']);
    const port = await loopback.https(pair, (request, response) => {
      if (request.url === '/plain') {
        response.writeHead(302, { location: 'http://mirror.test.invalid/' }).end();
      } else response.end('kind: List');
    });
    const through: string[] = [];
    const httpsProxy = `http://127.0.0.1:${await loopback.proxy(port, { asked: through })}`;
    const outbound = { httpsProxy, authorities: [authority.certificate] };
    const url = 'https://mirror.test.invalid/a.yaml';
    expect(await download({ url, outbound, clock, signal })).toBe('kind: List');
    expect(through).toEqual(['mirror.test.invalid:443 -']);
    const untrusted = download({ url, outbound: { httpsProxy }, clock, signal });
    await expect(untrusted).rejects.toMatchObject({
      hint: expect.stringContaining('SSL_CERT_FILE') as string,
    });
    expect(through).toHaveLength(2);
    const plain = download({ url: url.replace('a.yaml', 'plain'), outbound, clock, signal });
    await expect(plain).rejects.toThrow(
      'leads to http://mirror.test.invalid, which is not encrypted',
    );
    await loopback.stop();
  });
});
