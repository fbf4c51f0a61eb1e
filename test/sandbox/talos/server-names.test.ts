import { beforeAll, describe, expect, it } from 'vitest';
import { bootstrapped } from './rehearsal.js';

const { rehearsal, cp } = await bootstrapped(1);

/** talosctl through an endpoint that is written this way. */
function through(endpoint: string, ...more: string[]) {
  return rehearsal.talosctl(
    ...['version', '--talosconfig', 'main/talosconfig', '-n', '203.0.113.1', '-e', endpoint],
    ...more.flatMap((other) => ['-e', other]),
  );
}

async function apply(patch: string): Promise<void> {
  rehearsal.write('patch.yaml', patch);
  const flags = ['-f', 'main/controlplane.yaml', '--config-patch', '@patch.yaml'];
  const { exitCode, stderr } = await rehearsal.at(cp(1), 'apply-config', ...flags);
  if (exitCode !== 0) throw new Error(stderr);
}

/** The form of the refusals: recorded of talosctl 1.13.9, test/tools/recorded/talosctl. */
function handshake(why: string): string {
  return `error getting version: rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for ${why}"\n`;
}

describe('the certificate of the Talos API', () => {
  beforeAll(async () => {
    rehearsal.room.change(1, { publicIpv6: '2001:db8::1' });
    await apply(`
machine: { certSANs: [talos.example.org, 198.51.100.77, '*.nodes.example.org'] }
cluster: { apiServer: { certSANs: [api.example.org, a.nodes.example.org, a.b.nodes.example.org] } }
`);
  });

  it.each([
    '203.0.113.1',
    '203.0.113.1:50000',
    '2001:db8::1',
    '[2001:db8::1]:50000',
    'talos.example.org',
    'talos.example.org:50000',
    'a.nodes.example.org',
  ])('is for %s', async (endpoint) => {
    const { stderr, exitCode } = await through(endpoint);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it.each(['api.example.org', 'a.b.nodes.example.org'])(
    'is not for %s, which is a name of the Kubernetes API only',
    async (name) => {
      const own = '*.nodes.example.org, demo-cp-1, talos.example.org';
      expect((await through(name)).stderr.replace('Server:\n', '')).toBe(
        handshake(`${own}, not ${name}`),
      );
    },
  );

  it('is for other names as soon as the configuration says so', async () => {
    await apply('cluster: { apiServer: { certSANs: [api.example.org] } }');
    const { stderr } = await through('api.example.org');
    expect(stderr).toContain(handshake('demo-cp-1, not api.example.org'));
    expect((await through('talos.example.org')).stderr).toContain('produced zero addresses');
  });
});

/** Each compared with the real talosctl 1.13.9. */
describe('a name that nobody knows', () => {
  it.each([
    [['nobody.example.org'], 'desc = name resolver error: produced zero addresses\n'],
    [
      ['nobody.example.org', 'no.example.org'],
      'dial tcp: lookup no.example.org on 127.0.0.53:53: no such host"\n',
    ],
  ])('%j leads nowhere', async ([endpoint = '', ...more], message) => {
    expect((await through(endpoint, ...more)).stderr).toContain(message);
  });

  it('does not keep another endpoint from answering', async () => {
    expect((await through('nobody.example.org', '203.0.113.1')).exitCode).toBe(0);
  });
});
