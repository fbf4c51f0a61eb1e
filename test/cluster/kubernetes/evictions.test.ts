import { describe, expect, test } from 'vitest';
import {
  blockedText,
  evictionNote,
  evictionOf,
  type BudgetView,
  type PodView,
} from '../../../src/cluster/kubernetes/evictions.js';

const pod = (name: string, more: Partial<PodView> = {}): PodView => ({
  ...{ namespace: 'default', name, node: 'web-1', labels: { app: 'db' } },
  ...{ controller: 'StatefulSet', mirror: false, finished: false, localData: false },
  ...{ pending: false, ready: true, ending: false, ignoresCordon: false },
  ...more,
});
const budget = (name: string, more: Partial<BudgetView> = {}): BudgetView => ({
  ...{ namespace: 'default', name, allowed: 0, letsUnreadyGo: false },
  selector: { matchLabels: { app: 'db' }, matchExpressions: [] },
  ...more,
});
const everything = { matchLabels: {}, matchExpressions: [] };

/** Each as the real API decided it (Kubernetes 1.34, an Eviction posted for the pod). */
describe('a budget without room', () => {
  test.each([
    ['holds a pod that serves', pod('db-0'), [budget('db')], true],
    [
      'holds no pod that is pending',
      pod('db-0', { pending: true, ready: false }),
      [budget('db')],
      false,
    ],
    ['holds no pod that ends already', pod('db-0', { ending: true }), [budget('db')], false],
    ['holds a pod that does not serve', pod('db-0', { ready: false }), [budget('db')], true],
    [
      'with AlwaysAllow holds none that does not serve',
      pod('db-0', { ready: false }),
      [budget('db', { letsUnreadyGo: true })],
      false,
    ],
    [
      'with AlwaysAllow holds one that serves',
      pod('db-0'),
      [budget('db', { letsUnreadyGo: true })],
      true,
    ],
    [
      'without a selector holds nothing',
      pod('db-0'),
      [budget('db', { selector: undefined })],
      false,
    ],
    [
      'with an empty selector holds all',
      pod('db-0', { labels: {} }),
      [budget('db', { selector: everything })],
      true,
    ],
    [
      'holds nothing of other namespaces',
      pod('db-0', { namespace: 'shop' }),
      [budget('db')],
      false,
    ],
  ])('%s', (_, one, budgets, held) => {
    expect(evictionOf('web-1', [one], budgets).blocked.length > 0).toBe(held);
  });
});

describe('two budgets on one pod', () => {
  const both = [budget('db', { allowed: 2 }), budget('all', { allowed: 2, selector: everything })];

  test('hold it for good, whatever room they have', () => {
    expect(blockedText(evictionOf('web-1', [pod('db-0')], both))).toBe(
      'default/db-0 (budgets db and all: Kubernetes evicts no pod of several)',
    );
  });

  test('do not hold one that is pending', () => {
    expect(evictionOf('web-1', [pod('db-0', { pending: true })], both).blocked).toEqual([]);
  });
});

test('more pods on a node than a budget lets go at a time are told in the plan', () => {
  const pods = ['db-0', 'db-1', 'db-2'].map((name) => pod(name));
  const eviction = evictionOf('web-1', pods, [budget('db', { allowed: 1 })]);
  expect(eviction.blocked).toEqual([]);
  expect(evictionNote(eviction)).toBe('3 pods will move; 3 of the budget db go 1 at a time');
});
