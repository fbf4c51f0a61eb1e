import { isIP } from 'node:net';
import type { Machine } from '../machines.js';
import { addressesOf } from './api-server.js';
import type { BootstrappedCluster } from './cluster.js';
import type { TalosWorldView } from './world-view.js';
import type { ConfiguredNode } from './talos-node.js';

/** Whether two machines share a private network. */
export function sharesNetwork(a: Machine, b: Machine): boolean {
  return a.privateIps.some(({ networkId }) =>
    b.privateIps.some((other) => other.networkId === networkId),
  );
}

const apiPort = 6443;

/** The nodes as they are at one moment. */
export interface Surroundings {
  readonly world: TalosWorldView;
  readonly now: number;
  readonly running: readonly ConfiguredNode[];
}

/**
 * The cluster whose API the node's kubelet reaches now. With KubePrism that is any API server that it
 * knows; a control plane without it asks only its own (Talos 1.13 source, secrets/kubelet.go). A kubelet
 * waits for no etcd: it registers while its own machine is a learner still (services/kubelet.go,
 * `DependsOn`). A control plane that has etcd's data belongs to that cluster, whatever else it reaches.
 */
export function canReachApi(
  node: ConfiguredNode,
  surroundings: Surroundings,
): BootstrappedCluster | undefined {
  const { world, now } = surroundings;
  const { state, settings } = node;
  const up = controlPlanesReachableFrom(node, surroundings, apiPort).find((other) =>
    world.isApiServerUp(other.state, now),
  );
  const reached = up?.state.etcd && world.cluster(up.state.etcd.cluster);
  const cluster = reached?.key === settings.clusterKey ? reached : undefined;
  if (settings.role === 'worker') return cluster;
  const own = state.etcd?.cluster;
  if (settings.hasKubePrism && (own === undefined || own === cluster?.id)) return cluster;
  return own !== undefined && world.isApiServerUp(state, now) ? world.cluster(own) : undefined;
}

/**
 * The control planes of the node's own cluster that it gets a connection to: itself, the one
 * behind the cluster endpoint, or those behind it when that is a load balancer with a service at the
 * port, and, with discovery, all in the same private network that take part in it. A control plane finds the members of etcd in the same way, so that a new holder of the
 * endpoint's address joins only by discovery (Talos 1.13 source, internal/pkg/etcd/endpoints.go and
 * the controllers k8s/static_endpoint.go and cluster/endpoint.go, whose addresses it merges).
 */
export function controlPlanesReachableFrom(
  node: ConfiguredNode,
  { world, now, running }: Surroundings,
  port: number,
): ConfiguredNode[] {
  const { settings, machine } = node;
  const host = new URL(settings.endpoint).hostname.replace(/^\[|\]$/g, '');
  const controlPlanes = running.filter(
    (other) =>
      other.settings.role === 'control-plane' && other.settings.clusterKey === settings.clusterKey,
  );
  // A name that nobody can resolve here is taken for one that points at the first control plane.
  const first = controlPlanes.find((other) => world.isApiServerUp(other.state, now));
  const behind = behindBalancer(node, world, { host, port });
  return controlPlanes.filter((other) => {
    if (other.machine.id === machine.id) return true;
    const known = settings.findsMembers && other.settings.findsMembers;
    if (known && sharesNetwork(machine, other.machine)) return true;
    if (isIP(host) === 0) return other === first;
    if (behind.includes(other.machine.id)) return true;
    if (!addressesOf(other.machine).includes(host)) return false;
    const isPrivate = other.machine.privateIps.some(({ ip }) => ip === host);
    if (isPrivate) return sharesNetwork(machine, other.machine);
    return world.machines.admits(other.machine.id, machine.publicIpv4 ?? '', 6443);
  });
}

/** The machines that a load balancer at the endpoint leads this one to. */
function behindBalancer(
  { machine }: ConfiguredNode,
  { machines }: TalosWorldView,
  { host, port }: { readonly host: string; readonly port: number },
): readonly number[] {
  const balancer = machines.balancerAt(host, port);
  if (!balancer) return [];
  const { networkId: id, targets } = balancer;
  if (id !== undefined && !machine.privateIps.some(({ networkId }) => networkId === id)) return [];
  return targets.filter((target) => target.port === port).map(({ machineId }) => machineId);
}
