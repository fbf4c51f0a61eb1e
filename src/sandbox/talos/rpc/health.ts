import { addressesOf } from '../api-server.js';
import type { HealthCheck, HealthParameters } from '../protocol.js';
import type { ConfiguredNode } from '../talos-node.js';
import { configured, type CallContext } from './context.js';

/** MiB below which Talos calls a node too small (Talos source, pkg/cluster/check). */
const leastMemory = { 'control-plane': 1_698, worker: 874 };

/** The checks of `talosctl health`, in their order, up to the first that fails. */
export function checkHealth(
  context: CallContext,
  given: HealthParameters,
): { nodes: readonly string[]; checks: readonly HealthCheck[] } {
  const { settings } = configured(context);
  const peers = context.world
    .runningNodes()
    .filter((node) => node.settings.clusterKey === settings.clusterKey);
  const wanted = [...given.controlPlaneNodes, ...given.workerNodes];
  const nodes = wanted.length > 0 ? wanted : peers.map(mainAddress);
  const checks: HealthCheck[] = [];
  for (const check of allChecks(context, peers, { ...given, nodes })) {
    checks.push(check);
    if (check.outcome === 'FAIL') break;
  }
  return { nodes, checks };
}

interface Wanted extends HealthParameters {
  readonly nodes: readonly string[];
}

function allChecks(
  { node, world, now }: CallContext,
  peers: readonly ConfiguredNode[],
  wanted: Wanted,
): HealthCheck[] {
  const { etcd } = node.state;
  const cluster = etcd && world.cluster(etcd.cluster);
  const isHealthy = cluster?.etcd.hasQuorum(now) ?? false;
  const members = cluster?.etcd.members ?? [];
  const controlPlanes = peers.filter(({ settings }) => settings.role === 'control-plane');
  const allowed =
    wanted.controlPlaneNodes.length > 0
      ? wanted.controlPlaneNodes
      : controlPlanes.flatMap(({ machine }) => addressesOf(machine));
  const stray = members.find((member) => !allowed.includes(member.peerAddress));
  const missing = wanted.nodes.find(
    (address) => !peers.some(({ machine }) => addressesOf(machine).includes(address)),
  );
  const small = peers.find(
    ({ machine, settings }) => machine.memoryGb * 1_024 < leastMemory[settings.role],
  );
  const unregistered = peers.find(({ state }) => !state.hasRegistered);
  const withoutCni = controlPlanes.some(({ settings }) => settings.cni === 'none');
  return [
    verdict('etcd to be healthy', isHealthy, 'service "etcd" not in expected state "Running"'),
    verdict(
      'etcd members to be consistent across nodes',
      members.every((member) => !member.learner),
      'etcd member is a learner',
    ),
    verdict(
      'etcd members to be control plane nodes',
      stray === undefined,
      `etcd member ips ["${stray?.peerAddress ?? ''}"] are not subset of control plane node ips`,
    ),
    verdict('apid to be ready', missing === undefined, `node ${missing ?? ''} is not reachable`),
    verdict(
      'all nodes memory sizes',
      small === undefined,
      `node "${small?.machine.name ?? ''}" does not meet memory requirements`,
    ),
    verdict('all nodes disk sizes', true),
    verdict('no diagnostics', true),
    verdict('kubelet to be healthy', true),
    verdict('all nodes to finish boot sequence', true),
    verdict(
      'all k8s nodes to report',
      unregistered === undefined,
      `can't find expected node with IPs ["${unregistered ? mainAddress(unregistered) : ''}"]`,
    ),
    verdict('all control plane static pods to be running', true),
    verdict('all control plane components to be ready', true),
    withoutCni
      ? skipped('all k8s nodes to report ready')
      : verdict('all k8s nodes to report ready', true),
    skipped('kube-proxy to report ready'),
    withoutCni ? skipped('coredns to report ready') : verdict('coredns to report ready', true),
    verdict('all k8s nodes to report schedulable', true),
  ];
}

function mainAddress({ machine }: ConfiguredNode): string {
  return machine.privateIps[0]?.ip ?? machine.publicIpv4 ?? '';
}

function verdict(name: string, holds: boolean, detail = ''): HealthCheck {
  return holds ? { name, outcome: 'OK' } : { name, outcome: 'FAIL', detail };
}

function skipped(name: string): HealthCheck {
  return { name, outcome: 'SKIP' };
}
