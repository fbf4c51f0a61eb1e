import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/lib/secret.js';
import { readKeptRelease } from '../../src/tools/kept-releases.js';
import { lookAround, parseLook } from '../../src/tools/kubectl.js';
import { lookTemplate } from '../../src/tools/kubernetes-look.js';

/**
 * What kubectl 1.36.3 printed for a real API server (1.34.1), with a release that helm 3.18.0 had made
 * and changed once; 1.33, 1.34 and 1.35 print the same. Some rows of its kind are left out.
 */
const real = readFileSync(join(import.meta.dirname, 'looks', 'kubectl-1.36.txt'), 'utf8');

describe('one call of kubectl', () => {
  it('asks for all kinds at once, or for those that a namespace of an addon holds', () => {
    const kinds = (namespace?: string) => lookAround('k', namespace).args.slice(2, 6).join(' ');
    expect(kinds()).toBe(
      '--namespace kube-system get nodes,ns,secrets,cm,daemonsets,deployments,statefulsets,crd,ciliumclusterwidenetworkpolicies',
    );
    expect(kinds('traefik')).toBe(
      '--namespace traefik get secrets,daemonsets,deployments,statefulsets',
    );
  });

  it('prints no key, and of Secrets only what is named', () => {
    const secret = [...lookTemplate.matchAll(/\{\.data[^}]*\}/g)].map(([path]) => path);
    expect(secret).toEqual(['{.data.release}', '{.data.tls\\.crt}', '{.data}']);
    // The last is of what has a record's key.
    expect(lookTemplate).toContain('?(@.data.nodes\\.json)]}record');
  });

  it('tells of nodes, workloads and what is defined', () => {
    const { nodes, namespaces, workloads, definitions, policies, records } = parseLook(real);
    expect(nodes.map(({ name, role, ready }) => [name, role, ready])).toEqual([
      ['oxide-cluster-control-plane-1', 'control-plane', true],
      ['oxide-cluster-worker-1', 'worker', true],
    ]);
    expect(nodes[0]).toMatchObject({
      internalIp: expect.stringMatching(/^10\.0\.1\./) as string,
      kubeletVersion: 'v1.34.1',
      talosVersion: 'v1.13.9',
      unschedulable: false,
      uninitialized: false,
    });
    expect(namespaces).toContain('kube-system');
    expect(workloads).toContainEqual({
      ...{ name: 'daemonset/cilium', namespace: 'kube-system', wanted: 6, available: 6 },
      ...{ release: 'cilium', complete: true },
    });
    expect(definitions).toContainEqual({
      ...{ name: 'gateways.gateway.networking.k8s.io', bundle: 'v1.6.1', channel: 'standard' },
    });
    expect(definitions).toContainEqual({
      ...{ name: 'ciliumclusterwidenetworkpolicies.cilium.io' },
      ...{ bundle: undefined, channel: undefined },
    });
    expect(policies).toEqual([
      {
        name: 'oxide-block-metadata',
        spec: undefined,
        specs: [
          {
            ...{ description: 'closed', endpointSelector: {} },
            egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
          },
        ],
      },
    ]);
    expect(records.get('oxide')).toEqual({
      ...{ 'digests.json': '{}', 'nodes.json': '{"abc":{"talos.version":"v1.13.9"}}' },
    });
  });

  it('tells of certificates until when they are good', () => {
    const { certificates } = parseLook(real);
    expect(certificates.map(({ name }) => name)).toEqual(['hubble-server-certs']);
    expect(certificates[0]?.ends.toISOString().slice(0, 10)).toBe('2036-11-26');
  });

  it('tells of the newest revision of a release what helm does', () => {
    const { releases } = parseLook(real);
    expect(releases.map(({ name, status }) => [name, status])).toEqual([['tiny', 'deployed']]);
    const [tiny] = releases;
    // "helm get metadata" and "helm get values" say so too.
    expect(readKeptRelease(tiny?.stored ?? new Secret(''))).toEqual({
      ...{ chart: 'tiny', version: '1.2.3', values: { a: '<y & z>', list: [1, 2] } },
    });
    expect(inspect(releases)).not.toContain('SDRzSU');
  });

  it('goes by the newest revision, also when an older one is called deployed', () => {
    const failed = `release\tkube-system\t{"name":"tiny","owner":"helm","status":"failed","version":"10"}`;
    const { releases } = parseLook(real.replace(/\]\n$/, `${failed}\n]\n`));
    expect(releases).toEqual([
      { name: 'tiny', namespace: 'kube-system', status: 'failed', stored: undefined },
    ]);
  });

  it.each([
    ['breaks off', real.slice(0, 900)],
    ['lacks its end', real.replace(/\]\n$/, '')],
    ['is empty', ''],
    ['has a row that nobody asked for', real.replace('\nnamespace\t', '\npod\t')],
    ['has a row of another form', real.replace('\nnamespace\t', '\nnamespace\tx\t')],
    ['has a mapping that is none', real.replace('{"beta', '"beta')],
  ])('is not believed when it %s', (_, text) => {
    expect(() => parseLook(text)).toThrow('the output of kubectl is not what it should be');
  });

  it('says nothing of what it cannot read of a release', () => {
    const packed = Buffer.from(Buffer.from('hunter2').toString('base64')).toString('base64');
    expect(() => readKeptRelease(new Secret(packed))).toThrow(
      'what helm keeps of a release cannot be read',
    );
  });
});
