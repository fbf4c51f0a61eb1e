import { describe, expect, it } from 'vitest';
import { customEndpoint, endpointForToken } from '../../src/lib/endpoints.js';
import { UsageError } from '../../src/lib/errors.js';
import { isLoopback, proxyFor } from '../../src/lib/outbound.js';

const through = (url: string, noProxy = ''): string | undefined =>
  proxyFor(url, { httpProxy: 'http://plain:1', httpsProxy: 'http://secure:2', noProxy })?.host;

describe('the proxy for an address', () => {
  it('is that of its scheme', () => {
    expect(through('https://api.hetzner.cloud/v1')).toBe('secure:2');
    expect(through('http://mirror.example/')).toBe('plain:1');
    expect(proxyFor('https://a.example', { httpProxy: 'http://plain:1' })).toBeUndefined();
    expect(proxyFor('https://a.example', { httpsProxy: '' })).toBeUndefined();
  });

  it('may leave its scheme out, but must be one of http or https', () => {
    const of = (httpsProxy: string) => proxyFor('https://a.example', { httpsProxy })?.href;
    expect(of('proxy.example:3128')).toBe('http://proxy.example:3128/');
    expect(of('https://user:pw@proxy.example')).toBe('https://user:pw@proxy.example/');
    expect(() => of('socks5://proxy.example')).toThrow('of the kind socks5');
    expect(() => of('http://user:pw@ :')).toThrow(/^HTTPS_PROXY is no address of a proxy$/);
  });

  it.each([
    'http://localhost:8080/',
    'https://127.8.8.8/',
    'https://[::1]/',
    'https://a.localhost/',
  ])('is none for this machine: %s', (url) => {
    expect(through(url)).toBeUndefined();
  });

  // The forms of golang.org/x/net/http/httpproxy, which talosctl, kubectl and helm go by.
  it.each([
    ['*', 'https://a.example', false],
    ['example', 'https://a.example', false],
    ['a.example', 'https://a.example', false],
    ['a.example', 'https://b.a.example', false],
    ['a.example', 'https://ba.example', true],
    ['.a.example', 'https://a.example', true],
    ['.a.example', 'https://b.a.example', false],
    ['*.a.example', 'https://b.a.example', false],
    ['A.Example , other', 'https://a.example', false],
    ['a.example:443', 'https://a.example', false],
    ['a.example:8443', 'https://a.example', true],
    ['a.example:8443', 'https://a.example:8443', false],
    ['192.0.2.7', 'https://192.0.2.7', false],
    ['192.0.2.7:80', 'https://192.0.2.7', true],
    ['192.0.2.0/24', 'https://192.0.2.7', false],
    ['192.0.2.0/24', 'https://192.0.3.7', true],
    ['2001:db8::/32', 'https://[2001:db8::7]', false],
    ['[2001:db8::7]:443', 'https://[2001:db8::7]', false],
    ['0.0.0.0/0', 'https://a.example', true],
    ['192.0.2.0/99', 'https://192.0.2.7', true],
    [',, ,', 'https://a.example', true],
  ])('with NO_PROXY=%s for %s is used: %s', (noProxy, url, used) => {
    expect(through(url, noProxy)).toBe(used ? 'secure:2' : undefined);
  });
});

describe('an endpoint of the user', () => {
  it.each([undefined, '', '  '])('that is empty counts as unset: %j', (value) => {
    expect(customEndpoint('HCLOUD_ENDPOINT', value)).toBeUndefined();
  });

  it('loses the slash at its end', () => {
    expect(customEndpoint('HCLOUD_ENDPOINT', ' https://mirror.example/v1/ ')).toBe(
      'https://mirror.example/v1',
    );
  });

  it.each(['mirror', 'mirror.example/v1', 'ftp://mirror.example', 'https://', 'file:///v1'])(
    'that is no web address is refused: %s',
    (value) => {
      expect(() => customEndpoint('HCLOUD_ENDPOINT', value)).toThrow(UsageError);
    },
  );

  it('must not hold a password, which errors would show', () => {
    const refused = () =>
      customEndpoint('HCLOUD_ENDPOINT', 'https://user:hidden@mirror.example/v1');
    expect(refused).toThrow(
      /^HCLOUD_ENDPOINT is not the address of a service: https:\/\/mirror.example$/,
    );
  });

  it.each([
    ['https://mirror.example/v1', true],
    ['http://127.0.0.1:8080/v1', true],
    ['http://[::1]:8080/v1', true],
    ['http://localhost/v1', true],
    ['http://mirror.example/v1', false],
    ['http://127.0.0.1.example/v1', false],
    ['http://10.0.0.1/v1', false],
    ['http://[::ffff:10.0.0.1]/v1', false],
  ])('gets the token only encrypted, or on this machine: %s', (url, allowed) => {
    const go = () => endpointForToken(url);
    if (allowed) expect(go()).toBe(url);
    else expect(go).toThrow(UsageError);
  });
});

describe('this machine', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '::1', '[::1]'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(['localhost.example', 'nolocalhost', '128.0.0.1', '::2', ''])('is not %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
