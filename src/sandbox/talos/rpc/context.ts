import type { BootstrappedCluster } from '../cluster.js';
import { GrpcError, type TalosMethods } from '../protocol.js';
import type { TalosWorld } from '../world.js';
import type { ConfiguredNode, TalosNode } from '../talos-node.js';

/** A call that has reached its node. */
export interface CallContext {
  readonly world: TalosWorld;
  readonly node: TalosNode;
  /** What the caller's certificate says that it may do. */
  readonly roles: readonly string[];
  readonly now: number;
}

type Method = keyof TalosMethods;

type Handler<M extends Method> = (
  context: CallContext,
  parameters: TalosMethods[M]['parameters'],
) => TalosMethods[M]['result'] | Promise<TalosMethods[M]['result']>;

export type Handlers = { readonly [M in Method]: Handler<M> };

/** The handlers of some methods. */
export type HandlersOf<M extends Method> = Pick<Handlers, M>;

/** The node with its settings; calls that need them never reach a node without. */
export function configured({ node }: CallContext): ConfiguredNode {
  if (!node.settings) {
    throw new GrpcError('Unimplemented', 'API is not implemented in maintenance mode');
  }
  return { ...node, settings: node.settings };
}

/** Refuses the call on workers, as Talos does for `what`. */
export function demandControlPlane(context: CallContext, what: string): ConfiguredNode {
  const node = configured(context);
  if (node.settings.role !== 'control-plane') {
    throw new GrpcError('Unimplemented', `${what} is only available on control plane nodes`);
  }
  return node;
}

/** The etcd cluster that this node is a member of. */
export function ownEtcd(context: CallContext): { cluster: BootstrappedCluster; member: string } {
  const { etcd } = context.node.state;
  const cluster = etcd && context.world.cluster(etcd.cluster);
  const isThere = cluster?.etcd.member(etcd?.member ?? '') !== undefined;
  const isRunning = context.node.state.etcdService?.stage === 'running';
  if (!etcd || !cluster || !isThere || !isRunning) {
    throw new GrpcError('Unavailable', etcdDown);
  }
  return { cluster, member: etcd.member };
}

const etcdDown =
  'connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"';
