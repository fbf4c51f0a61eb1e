import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli, testFolder } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { Loopback, testAuthority } from '../helpers/tls.js';

const token = 'x'.repeat(64);
let loopback: Loopback;
let cwd: string;

beforeEach(() => {
  loopback = new Loopback();
  cwd = testFolder();
  writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
});
afterEach(() => loopback.stop());

const status = (env: Record<string, string>) =>
  runCli(['status'], { cwd, env: { HCLOUD_TOKEN: token, ...env } });

describe('an endpoint from the environment', () => {
  test.each([
    ['http://mirror.example/v1', 'the API token would go there unencrypted'],
    ['mirror.example/v1', 'HCLOUD_ENDPOINT is not the address of a service: "mirror.example/v1"'],
  ])('that cannot be used ends it at once: %s', async (endpoint, text) => {
    const { code, stderr } = await status({ HCLOUD_ENDPOINT: endpoint });
    expect(stderr).toContain(text);
    expect(code).toBe(ExitCode.usage);
  });

  test('that is empty means Hetzner, which a proxy from the environment leads to', async () => {
    const asked: string[] = [];
    const port = await loopback.proxy(1, { status: 403, asked });
    const env = { HCLOUD_ENDPOINT: '', HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const { code, stderr } = await status(env);
    expect(asked).toContain('api.hetzner.cloud:443 -');
    expect(stderr).toContain("the proxy does not let oxide through to Hetzner's API");
    expect(code).toBe(ExitCode.precondition);
  });
});

describe('SSL_CERT_FILE', () => {
  test('has oxide trust what its tools trust', async () => {
    const authority = await testAuthority();
    const asked: string[] = [];
    const port = await loopback.https(await authority.issue(['localhost']), (request, response) => {
      asked.push(request.url ?? '');
      const refusal = { error: { code: 'unauthorized', message: 'token is required' } };
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
    });
    const file = join(cwd, 'ca.pem');
    writeFileSync(file, authority.certificate);
    const endpoint = { HCLOUD_ENDPOINT: `https://localhost:${port}/v1` };
    const without = await status(endpoint);
    expect(without.stderr).toContain('is not trusted');
    expect(asked).toEqual([]);
    const { stderr } = await status({ ...endpoint, SSL_CERT_FILE: file });
    expect(stderr).toContain('does not accept the API token');
    expect(asked.length).toBeGreaterThan(0);
  });

  test('that cannot be read, or holds no certificate, is said', async () => {
    const missing = await status({ SSL_CERT_FILE: join(cwd, 'missing.pem') });
    expect(missing.stderr).toContain('SSL_CERT_FILE names a file that cannot be read');
    const empty = await status({ SSL_CERT_FILE: join(cwd, 'cluster.yaml') });
    expect(empty.stderr).toContain('SSL_CERT_FILE names a file without certificates');
    expect([missing.code, empty.code]).toEqual([ExitCode.precondition, ExitCode.precondition]);
  });
});
