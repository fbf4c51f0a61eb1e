import { deadAfterMs, verdictOf } from '../../cluster/plan/replace/dead-nodes.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import type { ClusterNode } from '../../cluster/state/nodes.js';
import type { EtcdSeen } from '../../cluster/talos/etcd.js';
import { oxide } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import type { FlowContext } from '../run/context.js';
import { runningControlPlanes } from '../run/node-server.js';
import { observeVitals } from './vitals.js';

interface Seen {
  readonly state: ClusterState;
  /** None when Kubernetes does not answer: then nobody is known to be dead. */
  readonly nodes: readonly ClusterNode[];
  readonly etcd: EtcdSeen;
}

/**
 * Refuses to wait for a control plane that is dead by facts although its server runs (exit 3). One that
 * is off or gone is none of those: a create starts it, or makes it again.
 */
export async function demandLivingControlPlanes(ctx: FlowContext, seen: Seen): Promise<void> {
  const { state, nodes, etcd } = seen;
  if (etcd.kind !== 'running' || nodes.length === 0) return;
  const healthy = etcd.members.flatMap((member) => (member.healthy ? [member.server] : []));
  const controlPlanes = state.servers.filter(({ role }) => role === 'control-plane');
  const vitals = await observeVitals(ctx, {
    state: { ...state, servers: controlPlanes },
    nodes,
    through: runningControlPlanes(state).filter(({ name }) => healthy.includes(name)),
  });
  const dead = vitals
    .filter(({ status }) => status === 'running')
    .map((one) => verdictOf(one, deadAfterMs))
    .filter(({ is }) => is === 'dead');
  if (dead.length === 0) return;
  const names = dead.map(({ vitals: { name } }) => name);
  const what = dead.map(({ vitals: { name }, why }) => `${name} is dead: ${why}`);
  throw new PreconditionError(
    `${enumerate(what)}\nNothing was changed.`,
    `Make it anew, with its name and address: ${dead.length === 1 ? `${oxide`repair`}, or ` : ''}${oxide`replace ${names} --force`}`,
  );
}
