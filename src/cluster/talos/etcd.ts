import { canRemove, canRemoveDead } from './quorum.js';

/** A member of etcd, with what is known of the machine behind it. */
export interface EtcdMemberView {
  /** Hexadecimal, as `etcd remove-member` takes it. */
  readonly id: string;
  /** Name of the server; undefined when no server of the cluster has the member's address. */
  readonly server: string | undefined;
  /** What etcd calls it, for messages. */
  readonly hostname: string;
  /** A learner has no vote yet. */
  readonly learner: boolean;
  /** It answers and complains of nothing. */
  readonly healthy: boolean;
}

/** What a look at the control planes found of etcd. */
export type EtcdSeen =
  /** It never ran: there is no control plane, or none that holds its data. */
  | { readonly kind: 'none' }
  /** Not known yet: control planes are off, start, or are behind a firewall that keeps this machine out. */
  | { readonly kind: 'unsure'; readonly why: string }
  | {
      readonly kind: 'running';
      readonly members: readonly EtcdMemberView[];
      /** The command that removes a member by hand. */
      readonly removal: (id: string) => string;
    };

/** Where the way on is described when etcd's data is lost, or seems to be. */
export const restoreHint =
  'A cluster whose etcd is lost has to be restored by hand: docs/operations.md, "When etcd is lost".';

/** Members that no server of the project stands behind any more. */
export function goneMembers(members: readonly EtcdMemberView[]): readonly EtcdMemberView[] {
  return members.filter(({ server, healthy }) => server === undefined && !healthy);
}

/** Why those cannot be taken out; undefined: they can, or there are none. */
export function goneObjection(members: readonly EtcdMemberView[]): string | undefined {
  const voters = members.filter(({ learner }) => !learner);
  const healthy = voters.filter((voter) => voter.healthy).length;
  const answer = canRemoveDead({ members: voters.length, healthy }, goneMembers(voters).length);
  return answer === 'yes' ? undefined : answer.refused;
}

/** A control plane that is to leave etcd, and those that leave after it. Names of servers. */
export interface Leaving {
  readonly server: string;
  readonly later: readonly string[];
}

/**
 * Why the control plane must not leave etcd now; undefined: it may. Every member that stays has to
 * be a healthy voter, and those that are left have to be able to decide without it.
 */
export function removalObjection(
  members: readonly EtcdMemberView[],
  { server, later }: Leaving,
): string | undefined {
  const leaving = members.find((member) => member.server === server);
  const staying = members.filter(
    (member) => member !== leaving && !later.some((name) => name === member.server),
  );
  const objection = membersObjection(staying);
  if (!leaving) return objection;
  if (objection !== undefined || leaving.learner) return objection;
  const voters = members.filter(({ learner }) => !learner);
  const healthy = voters.filter((voter) => voter.healthy).length;
  const answer = canRemove({ members: voters.length, healthy }, leaving.healthy);
  return answer === 'yes' ? undefined : answer.refused;
}

/** What is wrong with these members; undefined when all are healthy voters. */
export function membersObjection(members: readonly EtcdMemberView[]): string | undefined {
  const learner = members.find((member) => member.learner);
  if (learner) return `the etcd member ${memberName(learner)} is still a learner`;
  const sick = members.find((member) => !member.healthy);
  return sick && sickMember(sick);
}

/** What is wrong with a member that is not healthy. */
export function sickMember(sick: EtcdMemberView): string {
  return sick.server === undefined
    ? `the etcd member ${memberName(sick)} has no server any more`
    : `the etcd member ${memberName(sick)} does not answer`;
}

/** The member as messages have it: `demo-cp-2 (8e9e05c52164694d)`. */
export function memberName({ server, hostname, id }: EtcdMemberView): string {
  return `${server ?? hostname} (${id})`;
}
