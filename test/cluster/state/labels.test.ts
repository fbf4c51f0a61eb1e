import { expect, test } from 'vitest';
import {
  clusterSelector,
  networkLabels,
  readServerIdentity,
  serverLabels,
} from '../../../src/cluster/state/labels.js';

const web2 = {
  cluster: 'demo',
  role: 'worker',
  pool: 'web',
  index: 2,
  talosVersion: 'v1.13.9',
  configHash: '0d6be69b2647',
} as const;

test('a server says what it is, and no label of its pool can change that', () => {
  const poolLabels = { tier: 'front', role: 'db', 'managed-by': 'me', 'hetzner.cloud/x': 'y' };
  expect(serverLabels({ ...web2, poolLabels })).toEqual({
    tier: 'front',
    'managed-by': 'oxide',
    cluster: 'demo',
    role: 'worker',
    pool: 'web',
    index: '2',
    'talos-version': 'v1.13.9',
    'config-hash': '0d6be69b2647',
  });
});

test('what a server is can be read back from its labels', () => {
  const labels = serverLabels({ ...web2, poolLabels: {} });
  expect(readServerIdentity(labels)).toEqual({ role: 'worker', pool: 'web', index: 2 });
});

test.each([{}, { role: 'agent' }, { index: '0' }, { index: '1a' }])(
  'labels that were tampered with (%o) identify nothing',
  (change) => {
    const labels = { ...serverLabels({ ...web2, poolLabels: {} }), ...change };
    const withoutPool = Object.fromEntries(Object.entries(labels).filter(([k]) => k !== 'pool'));
    expect(
      readServerIdentity(Object.keys(change).length > 0 ? labels : withoutPool),
    ).toBeUndefined();
  },
);

test('the selector finds one cluster', () => {
  expect(clusterSelector('demo')).toBe('managed-by=oxide,cluster=demo');
});

test("the network carries the certificate authority's fingerprint", () => {
  const fingerprint = 'a'.repeat(32);
  expect(networkLabels('demo', fingerprint)).toMatchObject({ 'ca-fingerprint': fingerprint });
});
