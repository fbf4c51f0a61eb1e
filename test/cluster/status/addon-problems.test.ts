import { expect, test } from 'vitest';
import { addonProblems } from '../../../src/cluster/status/addon-problems.js';
import type { AddonState } from '../../../src/cluster/status/addon-states.js';
import { isDegrading } from '../../../src/cluster/status/problems.js';
import { nodeFor, existingServer } from '../fixtures.js';

const works: AddonState = {
  ...{ name: 'traefik', wanted: '41.3.0', installed: '41.3.0' },
  ...{ kind: 'addon' as const, state: 'works', asWanted: true, why: null },
};
const node = {
  ...nodeFor(existingServer('worker', 'web', 1)),
  ...{ kubeletVersion: 'v1.36.6', talosVersion: 'v1.13.9' },
};
const codesOf = (addon: Partial<AddonState>, ready = true): readonly string[] =>
  addonProblems({ addons: [{ ...works, ...addon }], seen: { nodes: [{ ...node, ready }] } }).map(
    ({ code }) => code,
  );

test.each([
  [{}, []],
  [{ state: 'not-working', why: 'deployment/traefik: 0 of 1 ready' }, ['addon-failing']],
  [{ state: 'half-installed' }, ['addon-failing']],
  [{ state: 'not-installed', installed: null }, ['addon-missing']],
  [{ state: 'surplus', wanted: null }, ['addon-surplus']],
  [{ name: 'cilium', state: 'not-installed' }, []],
] as const)('what is wrong with an addon is told (%#)', (addon, codes) => {
  expect(codesOf(addon)).toEqual(codes);
});

test('pods that a node which is not Ready does not run are told of the node only', () => {
  expect(codesOf({ state: 'not-working', why: 'daemonset/a: 1 of 2 ready' }, false)).toEqual([]);
});

test('what is there unasked makes no cluster unhealthy, and what does not work does', () => {
  const problem = { message: '', hint: '' };
  expect(isDegrading({ ...problem, code: 'addon-surplus' })).toBe(false);
  expect(isDegrading({ ...problem, code: 'addon-failing' })).toBe(true);
});
