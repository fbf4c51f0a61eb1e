import { durationOf } from '../timings.js';
import type { BootstrappedCluster } from './cluster.js';
import type { EtcdMember } from './etcd-cluster.js';
import {
  checked,
  crash,
  enter,
  fail,
  imageMissing,
  joinTimedOut,
  newEtcdService,
  note,
  type EtcdService,
} from './etcd-service.js';
import type { NodeState } from './node-state.js';
import { controlPlanesReachableFrom, type Surroundings } from './reachability.js';
import { firstIn } from './subnets.js';
import type { ConfiguredNode } from './talos-node.js';
import type { TalosWorldView } from './world-view.js';

/** Where a newcomer asks to be taken in (Talos source, internal/pkg/etcd/etcd.go). */
const etcdPort = 2379;

/** From a running etcd to an answering API server, when the images are there already. */
export const apiServerStart = durationOf('kubernetesApi') - durationOf('etcdBootstrap');

/** Moves the service "etcd" of the control planes, and with it the clusters that they form. */
export class EtcdLife {
  constructor(
    private readonly world: TalosWorldView,
    private readonly nodes: ReadonlyMap<number, NodeState>,
  ) {}

  advance(surroundings: Surroundings): void {
    const { now, running } = surroundings;
    const controlPlanes = running.filter(({ settings }) => settings.role === 'control-plane');
    for (const node of controlPlanes) this.#advanceService(node, surroundings);
    for (const cluster of this.world.bootstrappedClusters()) this.#advanceCluster(cluster, now);
    for (const node of controlPlanes) this.#check(node, now);
  }

  #advanceService(node: ConfiguredNode, surroundings: Surroundings): void {
    const { now } = surroundings;
    const { state } = node;
    if (!state.etcdService) {
      const upAt = state.upAt ?? now;
      state.etcdService = newEtcdService(upAt, state.machineId);
      state.bootFailsAt = upAt + durationOf('bootTimeout');
    }
    const service = state.etcdService;
    if (service.stage === 'running' && this.world.faults.takeAt('etcd-crash', state.name)) {
      crash(service, now);
    }
    // One stage may end in the moment in which the one before it did.
    for (let stage; stage !== service.stage;) {
      stage = service.stage;
      if (stage === 'joining') this.#join(node, surroundings);
      if (service.stage === stage && (service.dueAt ?? Infinity) <= now) {
        this.#end(node, service, now);
      }
    }
  }

  /** What comes after a stage whose time is over. */
  #end(node: ConfiguredNode, service: EtcdService, now: number): void {
    const { state, settings } = node;
    switch (service.stage) {
      case 'conditions':
        state.hasEtcdFolder = true;
        note(service, now, 'Preparing', 'Running pre state');
        if (this.world.faults.takeAt('etcd-image-missing', state.name)) {
          enter(service, 'missing-image', now);
        } else if (state.hasEtcdImage) this.#imageIsThere(node, service, now);
        else enter(service, 'pulling', now);
        return;
      case 'pulling':
        state.hasEtcdImage = true;
        this.#imageIsThere(node, service, now);
        return;
      case 'missing-image':
        fail(service, now, imageMissing(settings.etcdImage));
        return;
      case 'joining':
        fail(service, now, joinTimedOut);
        return;
      case 'founding':
        this.#start(service, now);
        this.world.found(node, this.#memberFor(node), now);
        state.apiServerAt = now + apiServerStart;
        return;
      case 'crashed':
        enter(service, 'running', now);
        return;
      case 'running':
      case 'ended':
        delete service.dueAt;
    }
  }

  #imageIsThere({ state }: ConfiguredNode, service: EtcdService, now: number): void {
    if (state.etcd) this.#start(service, now);
    else if (service.bootstraps) {
      enter(service, 'founding', now);
      const began = service.events[0]?.at ?? now;
      service.dueAt = Math.max(now, began + durationOf('etcdBootstrap'));
    } else enter(service, 'joining', now);
  }

  #start(service: EtcdService, now: number): void {
    note(service, now, 'Preparing', 'Creating service runner');
    enter(service, 'running', now);
  }

  #join(node: ConfiguredNode, surroundings: Surroundings): void {
    const { now } = surroundings;
    const { settings, state } = node;
    const newcomer = identityOf(node);
    // Without an address in the advertised subnets etcd has none to tell the others.
    if (settings.etcdSubnets.length > 0 && newcomer.peerAddress === '') return;
    const reachable = controlPlanesReachableFrom(node, surroundings, etcdPort);
    const cluster = this.world
      .clustersWithKey(settings.clusterKey)
      .filter(({ id }) => reachable.some((other) => other.state.etcd?.cluster === id))
      .find(({ etcd }) => etcd.makesRoomFor(newcomer, now));
    if (!cluster) return;
    const member = this.#memberFor(node, now + durationOf('etcdJoin'));
    cluster.etcd.add(member);
    state.etcd = { cluster: cluster.id, member: member.id };
    if (state.etcdService) this.#start(state.etcdService, now);
  }

  /** The member that a control plane is in etcd. */
  #memberFor(node: ConfiguredNode, learnsUntil?: number): EtcdMember {
    return {
      id: this.world.random.hex(16),
      machineId: node.machine.id,
      ...identityOf(node),
      learner: learnsUntil !== undefined,
      promotableAt: learnsUntil ?? 0,
    };
  }

  #advanceCluster(cluster: BootstrappedCluster, now: number): void {
    for (const member of cluster.etcd.promote(now)) {
      const node = this.nodes.get(member.machineId);
      if (node) node.apiServerAt = now + apiServerStart;
    }
    cluster.etcd.electLeader(now);
  }

  /** Talos checks five seconds after the start, and then every twenty; here at once. */
  #check({ state }: ConfiguredNode, now: number): void {
    const { etcd, etcdService: service } = state;
    const cluster = etcd && this.world.cluster(etcd.cluster);
    if (!cluster || service?.stage !== 'running' || service.dueAt !== undefined) return;
    const isLearner = cluster.etcd.member(etcd.member)?.learner ?? false;
    const lost = cluster.etcd.hasQuorum(now) ? undefined : 'context deadline exceeded';
    const learns = isLearner ? 'etcdserver: rpc not supported for learner' : undefined;
    checked(service, now, learns ?? lost);
    if (service.health?.healthy) delete state.bootFailsAt;
  }
}

/** By what etcd's members know a control plane. */
function identityOf({ machine, settings, state }: ConfiguredNode) {
  const addresses = [...machine.privateIps.map(({ ip }) => ip), machine.publicIpv4 ?? ''];
  return {
    hostname: settings.hostname ?? state.name,
    peerAddress: firstIn(settings.etcdSubnets, addresses) ?? '',
  };
}
