/** How many of `members` voting etcd members must be healthy for the cluster to work. */
export function quorum(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** How many of `members` voting etcd members may fail without the cluster stopping. */
export function toleranceOf(members: number): number {
  return members - quorum(members);
}

export interface EtcdHealth {
  /** Voting members in the member list. */
  readonly members: number;
  /** Those of them that answer. */
  readonly healthy: number;
}

/** Whether one member may go: `removingHealthy` says whether it is one of those that answer. */
export function canRemove(etcd: EtcdHealth, removingHealthy: boolean): { refused: string } | 'yes' {
  const { members, healthy } = etcd;
  if (healthy < quorum(members)) {
    return {
      refused: `etcd has no quorum: ${healthy} of ${members} members answer, ${quorum(members)} are needed`,
    };
  }
  if (members <= 1) return { refused: 'it is the last etcd member' };
  const left = members - 1;
  const healthyLeft = removingHealthy ? healthy - 1 : healthy;
  if (healthyLeft >= quorum(left)) return 'yes';
  return {
    refused: `${healthyLeft} of the ${left} etcd members left would answer, ${quorum(left)} are needed`,
  };
}

/** Whether so many members that do not answer may go, one after the other. */
export function canRemoveDead(
  { members, healthy }: EtcdHealth,
  count: number,
): ReturnType<typeof canRemove> {
  for (let gone = 0; gone < count; gone++) {
    const answer = canRemove({ members: members - gone, healthy }, false);
    if (answer !== 'yes') return answer;
  }
  return 'yes';
}
