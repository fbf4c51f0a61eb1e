import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  adaptKubeconfig,
  adaptTalosconfig,
  caFingerprint,
  kubeconfigExpiry,
  kubeconfigServer,
  talosconfigExpiry,
  talosconfigFingerprint,
} from '../../src/tools/access-files.js';

/** A certificate of a Talos certificate authority, self-signed for these tests. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBNDCB56ADAgECAhRicSziTMdU9Tcgt2+thkqaD9VJWTAFBgMrZXAwEDEOMAwG
A1UECgwFdGFsb3MwHhcNMjYxMTIzMjIxOTQ4WhcNMzYxMTIwMjIxOTQ4WjAQMQ4w
DAYDVQQKDAV0YWxvczAqMAUGAytlcAMhAAXjqRk7IJknm+T5CSRdaYcy/oWfmG1a
wegCXSNQh3aao1MwUTAdBgNVHQ4EFgQUY1YwBTJ/7LH+kP75+/JGOyOmEwcwHwYD
VR0jBBgwFoAUY1YwBTJ/7LH+kP75+/JGOyOmEwcwDwYDVR0TAQH/BAUwAwEB/zAF
BgMrZXADQQAEpDvJAhY4ZXBFiM06HZAf/MmcVjYADLoIjUppRu+QD/redWvpiO9E
aTaLdWbaaIMfZ8pn5n52Lht4UAxTGO0N
-----END CERTIFICATE-----
`;
const crt = Buffer.from(pem).toString('base64');

const talosconfig = `context: made
contexts:
    made:
        endpoints: []
        ca: ${crt}
        crt: ${crt}
        key: c2VjcmV0
`;
const talosWish = {
  context: 'demo',
  endpoints: ['203.0.113.1', '203.0.113.2'],
  nodes: ['203.0.113.1'],
};

describe('a talosconfig', () => {
  it('gets its name, endpoints and node', () => {
    expect(parse(adaptTalosconfig(talosconfig, talosWish))).toEqual({
      context: 'demo',
      contexts: {
        demo: {
          ...{ endpoints: talosWish.endpoints, nodes: talosWish.nodes },
          ...{ ca: crt, crt, key: 'c2VjcmV0' },
        },
      },
    });
  });

  it('that is as it should be stays as it is', () => {
    const adapted = adaptTalosconfig(talosconfig, talosWish);
    expect(adaptTalosconfig(adapted, talosWish)).toBe(adapted);
  });

  it('tells when its certificate ends', () => {
    expect(talosconfigExpiry(talosconfig)).toEqual(new Date('2036-11-20T22:19:48Z'));
  });

  it('that is cut off is named, without its content', () => {
    const half = talosconfig.slice(0, 90);
    expect(() => adaptTalosconfig(half, talosWish)).toThrow(
      /^the talosconfig is not readable: it is cut off, or was changed by hand$/,
    );
  });
});

const kubeconfig = stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'x',
      cluster: { server: 'https://10.0.1.254:6443', 'certificate-authority-data': crt },
    },
  ],
  users: [{ name: 'admin@x', user: { 'client-certificate-data': crt, 'client-key-data': 'a2V5' } }],
  contexts: [{ context: { cluster: 'x', namespace: 'default', user: 'admin@x' }, name: 'admin@x' }],
  'current-context': 'admin@x',
});
const server = 'https://203.0.113.1:6443';

describe('a kubeconfig', () => {
  it('leads to the public address under the name of the cluster', () => {
    const wish = { context: 'demo', server, proxyUrl: undefined };
    expect(parse(adaptKubeconfig(kubeconfig, wish))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'demo', cluster: { server, 'certificate-authority-data': crt } }],
      users: [
        {
          name: 'admin@demo',
          user: { 'client-certificate-data': crt, 'client-key-data': 'a2V5' },
        },
      ],
      contexts: [
        { name: 'demo', context: { cluster: 'demo', namespace: 'default', user: 'admin@demo' } },
      ],
      'current-context': 'demo',
    });
  });

  it('tells where it leads', () => {
    expect(kubeconfigServer(kubeconfig)).toBe('https://10.0.1.254:6443');
  });

  it('gets a proxy and loses it again', () => {
    const proxied = adaptKubeconfig(kubeconfig, {
      ...{ context: 'demo', server, proxyUrl: 'http://127.0.0.1:4000' },
    });
    expect(proxied).toContain('proxy-url: http://127.0.0.1:4000');
    const plain = adaptKubeconfig(proxied, { context: 'demo', server, proxyUrl: undefined });
    expect(plain).not.toContain('proxy-url');
  });

  it('that is as it should be stays as it is', () => {
    const wish = { context: 'demo', server, proxyUrl: 'http://127.0.0.1:4000' };
    const adapted = adaptKubeconfig(kubeconfig, wish);
    expect(adaptKubeconfig(adapted, wish)).toBe(adapted);
  });

  it('has a context for each way, and one only when there is but one', () => {
    const others = [{ name: 'demo-cp-2', server: 'https://203.0.113.8:6443' }];
    const wish = { context: 'demo', server, proxyUrl: undefined };
    const adapted = adaptKubeconfig(kubeconfig, { ...wish, others });
    expect(parse(adapted)).toMatchObject({
      'current-context': 'demo',
      clusters: [
        { name: 'demo', cluster: { server } },
        { name: 'demo-cp-2', cluster: { server: 'https://203.0.113.8:6443' } },
      ],
      contexts: [
        { name: 'demo', context: { cluster: 'demo', user: 'admin@demo' } },
        { name: 'demo-cp-2', context: { cluster: 'demo-cp-2', user: 'admin@demo' } },
      ],
    });
    expect(adaptKubeconfig(adapted, { ...wish, others })).toBe(adapted);
    expect(adaptKubeconfig(adapted, wish)).toBe(adaptKubeconfig(kubeconfig, wish));
  });

  it('tells when its certificate ends', () => {
    expect(kubeconfigExpiry(kubeconfig)).toEqual(new Date('2036-11-20T22:19:48Z'));
  });
});

describe('the fingerprint of secrets', () => {
  const secrets = (os: string): string => stringify({ certs: { os: { crt: os, key: 'a2V5' } } });
  let expected: string;
  beforeAll(() => {
    const { raw } = new X509Certificate(pem);
    expected = createHash('sha256').update(raw).digest('hex').slice(0, 32);
  });

  it('is the beginning of the SHA-256 of their certificate authority', () => {
    expect(caFingerprint(secrets(crt))).toBe(expected);
    expect(expected).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is that of the talosconfig that was made from them', () => {
    expect(talosconfigFingerprint(talosconfig)).toBe(expected);
  });

  it('ignores how the file is written', () => {
    const commented = `# a comment\n${secrets(crt)}`.replaceAll('\n', '\r\n');
    expect(caFingerprint(commented)).toBe(expected);
  });

  it.each(['', 'certs: {}', 'certs: { os: { crt: bm9uc2Vuc2U= } }', '{'])(
    'of something else is an error: %j',
    (text) => {
      expect(() => caFingerprint(text)).toThrow('the secrets.yaml is not readable');
    },
  );
});
