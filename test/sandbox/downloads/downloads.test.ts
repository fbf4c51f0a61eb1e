import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';

const downloads = createDownloads({ callerAddress: '198.51.100.7' });

interface Definition {
  kind: string;
  metadata: { name: string; annotations: Record<string, string> };
  spec: {
    scope: string;
    names: { plural: string; kind: string; shortNames?: string[] };
    versions: { name: string; served: boolean; storage: boolean }[];
  };
}

async function objects(release: string, channel = 'standard'): Promise<Definition[]> {
  const answer = await downloads.handle(`/gateway-api/${release}/${channel}-install.yaml`);
  expect(answer?.status).toBe(200);
  return parseAllDocuments(String(answer?.body)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Definition;
  });
}

async function definitions(release: string): Promise<Definition[]> {
  return (await objects(release)).filter(({ kind }) => kind === 'CustomResourceDefinition');
}

const served = (all: Definition[]): string[] =>
  all.map(({ spec }) => {
    const versions = spec.versions.filter((version) => version.served).map(({ name }) => name);
    return `${spec.names.plural} ${versions.join(' ')}`;
  });

describe('what the simulated internet serves', () => {
  it('tells the caller its public address', async () => {
    const answer = await downloads.handle('/ip?format=text');
    expect(answer).toMatchObject({
      status: 200,
      contentType: 'text/plain',
      body: '198.51.100.7\n',
    });
  });

  it.each([
    ['v1.2.1', 5],
    ['v1.3.0', 5],
    ['v1.4.1', 6],
    ['v1.6.1', 10],
  ])('has the standard channel of the Gateway API %s', async (release, count) => {
    const all = await definitions(release);
    expect(all).toHaveLength(count);
    for (const { metadata, spec } of all) {
      expect(metadata.name).toBe(`${spec.names.plural}.gateway.networking.k8s.io`);
      expect(metadata.annotations).toEqual({
        'api-approved.kubernetes.io': expect.stringContaining(
          'kubernetes-sigs/gateway-api/pull/',
        ) as string,
        'gateway.networking.k8s.io/bundle-version': release,
        'gateway.networking.k8s.io/channel': 'standard',
      });
      expect(spec.versions.filter(({ storage }) => storage)).toHaveLength(1);
      expect(spec.scope).toBe(spec.names.kind === 'GatewayClass' ? 'Cluster' : 'Namespaced');
    }
  });

  it('has the experimental channel too, with kinds that are tried out and versions that the standard one retired', async () => {
    const all = await objects('v1.6.1', 'experimental');
    const kinds = all.filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(kinds.map(({ metadata }) => metadata.name)).toContain(
      'xmeshes.gateway.networking.x-k8s.io',
    );
    expect(served(kinds)).toContain('tlsroutes v1 v1alpha2 v1alpha3');
    expect(served(await definitions('v1.6.1'))).toContain('tlsroutes v1');
  });

  it('has the policy against older releases since 1.5 only', async () => {
    const names = async (release: string) => (await objects(release)).map(({ kind }) => kind);
    expect(await names('v1.4.1')).not.toContain('ValidatingAdmissionPolicy');
    expect((await names('v1.6.1')).slice(-2)).toEqual([
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
  });

  it('publishes the digest of every archive', async () => {
    const index = await downloads.handle('/charts/index.yaml');
    const archive = await downloads.handle('/charts/cilium-1.19.6.tgz');
    const digest = createHash('sha256')
      .update(archive?.body ?? '')
      .digest('hex');
    expect(String(index?.body)).toContain(`digest: ${digest}\n      urls: [cilium-1.19.6.tgz]`);
  });

  it('serves TLSRoute as v1 since 1.5 only, and never as v1alpha2', async () => {
    expect(served(await definitions('v1.4.1')).join()).not.toContain('tlsroutes');
    expect(served(await definitions('v1.6.1'))).toContain('tlsroutes v1');
  });

  it.each([
    '/gateway-api/v9.9.9/standard-install.yaml',
    '/gateway-api/v1.4.1/other-install.yaml',
    '/charts/cilium-9.9.9.tgz',
    '/charts/other-1.19.6.tgz',
  ])('answers 404 for %s', async (path) => {
    expect((await downloads.handle(path))?.status).toBe(404);
  });

  it('leaves other paths to others', async () => {
    expect(await downloads.handle('/v1/servers')).toBeUndefined();
  });

  it('packs the same archive every time', async () => {
    const first = await downloads.handle('/charts/cilium-1.19.6.tgz');
    const second = await downloads.handle('/charts/cilium-1.19.6.tgz');
    expect(first?.contentType).toBe('application/gzip');
    expect(first?.body).toEqual(second?.body);
  });
});
