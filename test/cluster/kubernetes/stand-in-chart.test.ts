import { expect, test } from 'vitest';
import { standInRemark } from '../../../src/cluster/kubernetes/stand-in-chart.js';

const cilium = { version: '1.19.6' };
const helm_values = { debug: { enabled: true } };

test('a rehearsal says how to have the values checked that its chart does not know', () => {
  expect(standInRemark({ cilium: { ...cilium, helm_values } })).toContain(
    'helm pull cilium --repo https://helm.cilium.io --version 1.19.6, and the path',
  );
});

test('and nothing without such values, or when it has a chart on this machine', () => {
  const chart = './cilium-1.19.6.tgz';
  expect(standInRemark({ cilium: { ...cilium, helm_values: {} } })).toBeUndefined();
  expect(standInRemark({ cilium: { ...cilium, helm_values, chart } })).toBeUndefined();
});
