import { expect, test } from 'vitest';
import { canRemove, quorum, toleranceOf } from '../../../src/cluster/talos/quorum.js';

test.each([
  [1, 1, 0],
  [2, 2, 0],
  [3, 2, 1],
  [4, 3, 1],
  [5, 3, 2],
  [7, 4, 3],
  [9, 5, 4],
])('%i members need %i healthy ones and survive %i failures', (members, needed, failures) => {
  expect([quorum(members), toleranceOf(members)]).toEqual([needed, failures]);
});

const yes = 'yes';

test.each([
  { members: 3, healthy: 3, removingHealthy: true, verdict: yes },
  { members: 3, healthy: 2, removingHealthy: false, verdict: yes },
  { members: 5, healthy: 3, removingHealthy: false, verdict: yes },
  { members: 2, healthy: 2, removingHealthy: true, verdict: yes },
  {
    members: 3,
    healthy: 2,
    removingHealthy: true,
    verdict: { refused: '1 of the 2 etcd members left would answer, 2 are needed' },
  },
  {
    members: 5,
    healthy: 3,
    removingHealthy: true,
    verdict: { refused: '2 of the 4 etcd members left would answer, 3 are needed' },
  },
  {
    members: 3,
    healthy: 1,
    removingHealthy: false,
    verdict: { refused: 'etcd has no quorum: 1 of 3 members answer, 2 are needed' },
  },
  {
    members: 1,
    healthy: 1,
    removingHealthy: true,
    verdict: { refused: 'it is the last etcd member' },
  },
])(
  'of $members members, $healthy healthy, removing a healthy one ($removingHealthy)',
  ({ members, healthy, removingHealthy, verdict }) => {
    expect(canRemove({ members, healthy }, removingHealthy)).toEqual(verdict);
  },
);
