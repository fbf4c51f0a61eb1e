import { describe, expect, test } from 'vitest';
import {
  checkEtcd,
  inBatches,
  type Batch,
} from '../../../../src/cluster/plan/replace/replace-batches.js';
import type {
  ReplaceInput,
  Replacement,
} from '../../../../src/cluster/plan/replace/replace-choice.js';
import { plannedServers } from '../../../../src/cluster/plan/planned-servers.js';
import { poolsOf } from '../../../../src/cluster/state/node-pools.js';
import type { EtcdMemberView } from '../../../../src/cluster/talos/etcd.js';
import { catalogueOf, clusterOf, existingServer, nothing } from '../../fixtures.js';

interface Case {
  readonly count: number;
  /** Indices of those that are replaced. */
  readonly names: readonly number[];
  /** What etcd says of some; the others are healthy voters. */
  readonly etcd: Readonly<Record<number, Partial<EtcdMemberView>>>;
  /** Their servers are deleted. */
  readonly gone?: readonly number[];
  /** An earlier run has made them anew. */
  readonly made?: readonly number[];
}

const sick = { healthy: false };
const lost = { healthy: false, server: undefined };
const learner = { healthy: false, learner: true };

function batchesOf({ count, names, etcd, gone = [], made = [] }: Case): readonly Batch[] {
  const config = clusterOf(count, 0);
  const indices = Array.from({ length: count }, (_, i) => i + 1);
  const servers = indices
    .filter((index) => !gone.includes(index))
    .map((index) =>
      existingServer('control-plane', 'cp', index, { privateIp: `10.0.1.${255 - index}` }),
    );
  const state = { ...nothing, servers };
  const images = new Map([['cx23', 501]]);
  const planned = plannedServers({ config, state, catalogue: catalogueOf(), images });
  const [rolePool] = poolsOf(config);
  if (!rolePool) throw new Error('there is a pool');
  const found = names.flatMap((index): Replacement[] => {
    const server = planned.find((one) => one.index === index);
    if (!server) return [];
    const isMade = made.includes(index);
    const { existing } = server;
    return [
      {
        rolePool,
        old: isMade ? undefined : existing,
        server: { ...server, existing: isMade ? existing : undefined },
      },
    ];
  });
  const members = indices.map((index): EtcdMemberView => {
    const name = `demo-cp-${index}`;
    return {
      ...{ id: `a${index}`, hostname: name, server: name, learner: false, healthy: true },
      ...etcd[index],
    };
  });
  const input = { config, view: { etcd: members } } as unknown as ReplaceInput;
  const batches = inBatches(
    input,
    found,
    found.map(({ server }) => ({ ...server, labels: {}, imageId: 501 })),
  );
  checkEtcd(input, batches);
  return batches;
}

const goingIn = (wanted: Case): readonly string[] =>
  batchesOf(wanted).map(({ remove }) => remove.map(({ index }) => index).join(' '));

describe('the control planes of a replacement', () => {
  test.each<readonly [string, Case, readonly string[]]>([
    ['healthy ones one by one', { count: 3, names: [2, 3], etcd: {} }, ['2', '3']],
    [
      'a dead one before a living one, which goes when its successor is a voter',
      { count: 3, names: [2, 3], etcd: { 3: sick } },
      ['3', '2'],
    ],
    [
      'one whose server is gone together with one that is dead: its member goes first',
      { count: 5, names: [2, 4], etcd: { 2: lost, 4: sick }, gone: [2] },
      ['4'],
    ],
    [
      'the rest, after a run that was stopped while the first was still a learner',
      { count: 3, names: [2, 3], etcd: { 2: learner }, made: [2] },
      ['', '3'],
    ],
    [
      'the rest, after a run that was stopped while the first was not a member yet',
      { count: 3, names: [2, 3], etcd: { 2: sick }, made: [2] },
      ['', '3'],
    ],
  ])('go as %s', (_, wanted, expected) => {
    expect(goingIn(wanted)).toEqual(expected);
  });

  test.each<readonly [string, Case, RegExp]>([
    [
      'while another one that is not among them is dead',
      { count: 5, names: [2], etcd: { 4: sick } },
      /^demo-cp-2 cannot be replaced: the etcd member demo-cp-4 \(a4\) does not answer$/,
    ],
    [
      'while the server of another one that is not among them is gone',
      { count: 3, names: [3], etcd: { 2: lost }, gone: [2] },
      /^demo-cp-3 cannot be replaced: the etcd member demo-cp-2 \(a2\) has no server any more$/,
    ],
    [
      'while no new one could join, because another one does not answer',
      { count: 5, names: [2], etcd: { 2: lost, 4: sick }, gone: [2] },
      /^no control plane can join: the etcd member demo-cp-4 \(a4\) does not answer$/,
    ],
    [
      'when those that are left have no quorum',
      { count: 5, names: [1, 2, 4], etcd: { 1: lost, 2: lost, 4: sick }, gone: [1, 2] },
      /etcd has no quorum: 2 of 5 members answer, 3 are needed/,
    ],
    ['when there is no other', { count: 1, names: [1], etcd: {} }, /it is the last etcd member/],
  ])('stay %s', (_, wanted, message) => {
    expect(() => batchesOf(wanted)).toThrow(message);
  });
});
