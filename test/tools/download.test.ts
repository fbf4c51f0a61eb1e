import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError } from '../../src/lib/errors.js';
import { download } from '../../src/tools/download.js';
import { askOwnAddress } from '../../src/tools/own-address.js';
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

const ask = (ipv4: string[], ipv6: string[]) =>
  askOwnAddress({
    ...{ clock, signal },
    ipv4: ipv4.map((path) => base + path),
    ipv6: ipv6.map((path) => base + path),
  });

describe('the own address', () => {
  it('is asked of every service, for each family', async () => {
    answers = {
      '/4': [{ body: '198.51.100.7\n' }],
      '/other': [{ body: '198.51.100.8' }],
      '/6': [{ body: '2001:db8::7\n' }],
    };
    const service = new URL(base).host;
    expect(await ask(['/4', '/other'], ['/6'])).toEqual({
      ipv4: [
        { service, address: '198.51.100.7' },
        { service, address: '198.51.100.8' },
      ],
      ipv6: [{ service, address: '2001:db8::7' }],
    });
  });

  it('leaves out a service that does not answer, or with anything but such an address', async () => {
    answers = {
      '/broken': ['reset'],
      '/page': [{ body: '<html>' }],
      '/endless': [{ body: `198.51.100.7${' '.repeat(300)}` }],
      '/4': [{ body: '198.51.100.7' }],
    };
    const { ipv4, ipv6 } = await ask(['/broken', '/page', '/endless', '/4', '/none'], ['/4']);
    expect(ipv4.map(({ address }) => address)).toEqual(['198.51.100.7']);
    expect(ipv6).toEqual([]);
  });

  it('is no longer asked for after an interrupt', async () => {
    const interrupt = new AbortController();
    signal = interrupt.signal;
    answers = { '/4': ['hang'] };
    const asking = ask(['/4', '/4'], ['/4', '/4']);
    interrupt.abort(new InterruptedError());
    await expect(asking).rejects.toBeInstanceOf(InterruptedError);
  });
});

const fetchText = (path: string, limit = 1_000) =>
  download({ url: base + path, clock, signal, limit });

describe('a download', () => {
  it('is tried again after a broken connection and a server error', async () => {
    answers = { '/a.yaml': ['reset', { status: 502 }, { body: 'kind: List' }] };
    expect(await fetchText('/a.yaml')).toBe('kind: List');
  });

  it('follows redirects', async () => {
    answers = { '/a': [{ status: 302, location: '/b' }], '/b': [{ body: 'here' }] };
    expect(await fetchText('/a')).toBe('here');
  });

  it('does not follow to where anybody can listen, nor in circles', async () => {
    answers = {
      '/away': [{ status: 302, location: 'http://mirror.test/b' }],
      '/file': [{ status: 302, location: 'file:///etc/passwd' }],
      '/round': [{ status: 307, location: '/round' }],
    };
    await expect(fetchText('/away')).rejects.toThrow(
      `${base}/away leads to http://mirror.test, which is not encrypted`,
    );
    await expect(fetchText('/file')).rejects.toThrow('which is not encrypted');
    expect(asked).toEqual(['/away', '/file']);
    await expect(fetchText('/round')).rejects.toThrow('more than 5 redirects');
    expect(asked).toHaveLength(8);
  });

  it('ends at its limit, and is not tried again', async () => {
    answers = { '/a': [{ body: 'x'.repeat(1_001) }], '/b': [{ body: 'x'.repeat(1_000) }] };
    await expect(fetchText('/a')).rejects.toThrow('it has more than 1000 bytes');
    expect(await fetchText('/b')).toHaveLength(1_000);
    expect(asked).toEqual(['/a', '/b']);
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
