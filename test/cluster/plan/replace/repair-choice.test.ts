import { describe, expect, it } from 'vitest';
import {
  verdictOf,
  type Verdict,
  type Vitals,
} from '../../../../src/cluster/plan/replace/dead-nodes.js';
import { chooseRepairs } from '../../../../src/cluster/plan/replace/repair-choice.js';

const minute = 60_000;
const after = 5 * minute;

const well: Vitals = {
  ...{ name: 'demo-web-1', role: 'worker', pool: 'web', status: 'running', configured: true },
  ...{ removal: undefined, made: false, node: 'ready' },
  ...{ notReadyMs: undefined, talosAnswers: undefined },
};

const silent: Partial<Vitals> = { node: 'not-ready', notReadyMs: hourOf(1), talosAnswers: false };

function hourOf(hours: number): number {
  return hours * 60 * minute;
}

describe('whether a node is dead', () => {
  it.each<[Verdict['is'], string, Partial<Vitals>]>([
    ['well', 'Ready', {}],
    ['dead', 'no server', { status: undefined, node: 'none' }],
    ['dead', 'no server, and its node was given up', { status: undefined, node: 'not-ready' }],
    ['unclear', 'no server has its labels, and its node is Ready', { status: undefined }],
    ['dead', 'off', { status: 'off', node: 'not-ready' }],
    ['dead', 'off so shortly that Kubernetes has not noticed', { status: 'off' }],
    ['unclear', 'off, and never a node', { status: 'off', node: 'none' }],
    ['unclear', 'off, of a pool that cluster.yaml has not', { status: 'off', configured: false }],
    ['unclear', 'starting', { status: 'starting', node: 'not-ready' }],
    ['unclear', 'migrating', { status: 'migrating', ...silent }],
    ['unclear', 'without a word on its state', { status: 'unknown', ...silent }],
    ['unclear', 'running, and no node', { node: 'none' }],
    ['dead', 'silent for an hour', silent],
    ['dead', 'silent for exactly as long as it takes', { ...silent, notReadyMs: after }],
    ['unclear', 'silent a moment too short', { ...silent, notReadyMs: after - 1 }],
    ['unclear', 'silent, nobody tells since when', { ...silent, notReadyMs: undefined }],
    ['unclear', 'not Ready, and Talos answers', { ...silent, talosAnswers: true }],
    ['unclear', 'not Ready, and Talos was not asked', { ...silent, talosAnswers: undefined }],
    ['unclear', 'silent, of a pool that cluster.yaml has not', { ...silent, configured: false }],
    ['unclear', 'being removed by another command', { ...silent, removal: 'other' }],
    ['dead', 'being taken out by a repair', { removal: 'repair' }],
    [
      'unfinished',
      'made by a repair that was stopped',
      { made: true, status: 'off', node: 'none' },
    ],
    ['unfinished', 'made by it, and Ready meanwhile', { made: true }],
  ])('%s: %s', (is, _, vitals) => {
    const verdict = verdictOf({ ...well, ...vitals }, after);
    expect(verdict.is).toBe(is);
    expect(verdict.why === '').toBe(is === 'well');
  });
});

/** Nodes of a pool, or control planes, with what is known of some of them. */
function nodes(
  pool: 'web' | 'db' | 'cp',
  count: number,
  facts: Readonly<Record<number, Partial<Vitals>>> = {},
): readonly Vitals[] {
  return Array.from({ length: count }, (_, i): Vitals => ({
    ...{ ...well, pool, name: `demo-${pool}-${i + 1}` },
    role: pool === 'cp' ? 'control-plane' : 'worker',
    ...facts[i + 1],
  }));
}

const off: Partial<Vitals> = { status: 'off', node: 'not-ready' };
const gone: Partial<Vitals> = { status: undefined, node: 'none' };
const made: Partial<Vitals> = { made: true, status: 'running', node: 'none' };

describe('what a repair does now', () => {
  it.each<[string, readonly Vitals[], string, string]>([
    ['nothing of what is well', [...nodes('cp', 3), ...nodes('web', 3)], '', ''],
    ['one of one', nodes('web', 1, { 1: off }), 'web-1', ''],
    ['one of five', nodes('web', 5, { 2: off, 4: off }), 'web-2', 'web-4'],
    ['two of six', nodes('web', 6, { 2: off, 4: off, 6: off }), 'web-2 web-4', 'web-6'],
    ['what is gone first', nodes('web', 3, { 1: silent, 2: off, 3: gone }), 'web-3', 'web-2 web-1'],
    [
      'a third of each pool',
      [...nodes('web', 3, { 1: off, 2: off }), ...nodes('db', 3, { 1: off })],
      'web-1 db-1',
      'web-2',
    ],
    [
      'a control plane and workers',
      [...nodes('cp', 3, { 1: off }), ...nodes('web', 3, { 1: off })],
      'cp-1 web-1',
      '',
    ],
    ['no more while one is being made', nodes('web', 3, { 1: made, 2: off }), 'web-1', 'web-2'],
    [
      'one more when that one is Ready',
      nodes('web', 3, { 1: { made: true }, 2: off }),
      'web-1 web-2',
      '',
    ],
  ])('%s', (_, vitals, repair, later) => {
    const choice = chooseRepairs(vitals, after);
    const names = (all: readonly { readonly name: string }[]): string =>
      all.map(({ name }) => name.replace('demo-', '')).join(' ');
    expect(names(choice.repair)).toBe(repair);
    expect(names(choice.later)).toBe(later);
  });

  it('is nothing of nodes that are silent when they are more than half of all', () => {
    const half = [...nodes('cp', 2), ...nodes('web', 2, { 1: silent, 2: silent })];
    expect(chooseRepairs(half, after).repair).toHaveLength(1);
    const most = [...nodes('cp', 1), ...nodes('web', 3, { 1: silent, 2: silent, 3: off })];
    expect(chooseRepairs(most, after).repair).toHaveLength(1);
    const more = [...nodes('cp', 1), ...nodes('web', 3, { 1: silent, 2: silent, 3: silent })];
    expect(chooseRepairs(more, after)).toMatchObject({ repair: [], unclear: [{}, {}, {}] });
  });

  it.each([
    ['two that are dead', nodes('cp', 5, { 1: off, 4: gone })],
    ['one that is dead while another is being made', nodes('cp', 5, { 1: made, 4: gone })],
  ])('is refused for control planes: %s', (_, vitals) => {
    expect(() => chooseRepairs(vitals, after)).toThrow('one control plane at a time');
  });
});
