import { planEtcd } from '../../cluster/plan/create/etcd-plan.js';
import type { Plan } from '../../cluster/plan/plan.js';
import { memberName, type EtcdSeen } from '../../cluster/talos/etcd.js';
import { PreconditionError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { isVoter, joinInTurn, makeRoomInEtcd } from './join-etcd.js';

export interface RunningEtcd {
  readonly plan: Plan;
  /** All control planes that exist. */
  readonly nodes: readonly NodeServer[];
  readonly seen: EtcdSeen & { readonly kind: 'running' };
}

/**
 * Brings etcd to where the planned control planes can join, before they are ordered: members of
 * servers that are gone are taken out, and control planes that exist have joined.
 */
export async function readyForJoins(
  ctx: FlowContext,
  { plan, nodes, seen }: RunningEtcd,
): Promise<void> {
  const controlPlanes = plan.servers.filter(({ role }) => role === 'control-plane');
  const wanted = nodes.filter(({ id }) =>
    controlPlanes.some(({ existing }) => existing?.id === id),
  );
  const joining = wanted.filter((node) => !isVoter(node, seen.members));
  const isNew = controlPlanes.some(({ existing }) => !existing);
  const { gone } = planEtcd({ config: ctx.config, servers: plan.servers, seen });
  demandShown(plan, gone);
  if (!isNew && gone.length === 0 && joining.length === 0) return;
  await ctx.step('Look after the members of etcd', (io) =>
    makeRoomInEtcd(ctx, { nodes, gone }, io),
  );
  await joinInTurn(ctx, joining, nodes);
}

/** Nothing is removed that the plan did not show: a firewall may have hidden it. */
function demandShown({ goneMembers }: Plan, gone: Plan['goneMembers']): void {
  const unseen = gone.filter(({ id }) => !goneMembers.some((one) => one.id === id));
  if (unseen.length === 0) return;
  throw new PreconditionError(
    `the etcd member ${enumerate(unseen.map(memberName))} has no server any more, which could not be seen before\nIt was not removed, and nothing was ordered.`,
    'The same command shows it in its plan, and then removes it.',
  );
}
