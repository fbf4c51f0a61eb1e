import type { Machine } from '../machines.js';
import { durationOf } from '../timings.js';
import { addressesOf } from './api-server.js';
import type { BootstrappedCluster } from './cluster.js';
import type { EtcdMember } from './etcd-cluster.js';
import { bootConfig } from './boot.js';
import { canReachApi, controlPlanesReachableFrom, type Surroundings } from './reachability.js';
import { registrationOf } from './registration.js';
import { phaseOf, type NodeState } from './node-state.js';
import { firstIn } from './subnets.js';
import type { TalosWorldView } from './world-view.js';
import type { ConfiguredNode } from './talos-node.js';

/** From a running etcd to an answering API server, when the images are there already. */
const apiServerStart = durationOf('kubernetesApi') - durationOf('etcdBootstrap');

/** Moves the nodes through their lives: power, boot, etcd, kubelet, power off. */
export class NodeLife {
  /** How far the nodes' lives have come, simulated ms. */
  now: number;
  readonly #world: TalosWorldView;
  readonly #nodes: Map<number, NodeState>;

  constructor(world: TalosWorldView, nodes: Map<number, NodeState>, now: number) {
    this.now = now;
    this.#world = world;
    this.#nodes = nodes;
  }

  /** When something next happens by itself. */
  nextDue(): number | undefined {
    const times = [
      ...[...this.#nodes.values()].flatMap((node) => this.#dueTimes(node)),
      ...this.#world
        .bootstrappedClusters()
        .flatMap(({ etcd }) => [
          etcd.state.startsAt > this.now ? etcd.state.startsAt : undefined,
          etcd.nextPromotion(),
        ]),
    ].filter((time) => time !== undefined);
    // What is due but cannot happen yet waits for something else to happen first.
    const future = times.filter((time) => time > this.now);
    return future.length > 0 ? Math.min(...future) : undefined;
  }

  advance(now: number): void {
    this.#powerChanges();
    for (;;) {
      const due = this.nextDue() ?? Infinity;
      if (due > now) break;
      this.#step(due);
    }
    this.#step(now);
  }

  /** Begins a new boot of a machine that stays on. */
  restart(node: NodeState, now: number): void {
    this.#endBoot(node);
    this.#wipe(node);
    node.upAt = now + durationOf('boot');
    node.bootId = this.#world.random.hex(32);
  }

  /** The member that a control plane is in etcd. */
  memberFor(node: ConfiguredNode, id: string, learnsUntil?: number): EtcdMember {
    const addresses = [
      ...node.machine.privateIps.map(({ ip }) => ip),
      node.machine.publicIpv4 ?? '',
    ];
    return {
      id,
      hostname: node.settings.hostname ?? node.machine.name,
      machineId: node.machine.id,
      peerAddress: firstIn(node.settings.etcdSubnets, addresses) ?? '',
      learner: learnsUntil !== undefined,
      promotableAt: learnsUntil ?? 0,
    };
  }

  #dueTimes(node: NodeState): (number | undefined)[] {
    switch (phaseOf(node)) {
      case 'booting':
        return [node.upAt];
      case 'stopping':
        return [node.offAt];
      case 'running':
        return [node.apiServerAt, node.hasRegistered ? undefined : node.registersAt];
      default:
        return [];
    }
  }

  #step(now: number): void {
    this.now = Math.max(this.now, now);
    for (const node of this.#nodes.values()) this.#bootAndStop(node);
    const running = this.#world.runningNodes();
    const surroundings = { world: this.#world, now: this.now, running };
    for (const node of running) {
      if (node.settings.role === 'control-plane' && !node.state.etcd) {
        this.#joinEtcd(node, surroundings);
      }
    }
    for (const cluster of this.#world.bootstrappedClusters()) this.#advanceEtcd(cluster);
    for (const node of running) this.#advanceKubelet(node, surroundings);
  }

  #powerChanges(): void {
    const machines = new Map(
      this.#world.machines.machines().map((machine) => [machine.id, machine]),
    );
    for (const [id, node] of this.#nodes) {
      if (machines.has(id)) continue;
      this.#kubeletStopped(node);
      this.#nodes.delete(id);
    }
    for (const machine of machines.values()) {
      if (!machine.image) continue;
      const node = this.#nodes.get(machine.id) ?? this.#newNode(machine);
      if (node.poweredOnAt !== machine.poweredOnAt) this.#powered(node, machine);
    }
  }

  #newNode({ id, name }: Machine): NodeState {
    const node = { machineId: id, name, isUp: false, hasRegistered: false, bootId: '' };
    this.#nodes.set(id, node);
    return node;
  }

  #endBoot(node: NodeState): void {
    this.#kubeletStopped(node);
    node.isUp = false;
    delete node.upAt;
    delete node.refusal;
    delete node.apiServerAt;
    delete node.registersAt;
    delete node.offAt;
  }

  #wipe(node: NodeState): void {
    const { wipe } = node;
    if (wipe === undefined) return;
    if (wipe !== 'ephemeral') delete node.config;
    if (wipe !== 'state') delete node.etcd;
    delete node.wipe;
  }

  #powered(node: NodeState, machine: Machine): void {
    this.#endBoot(node);
    const { poweredOnAt } = machine;
    if (poweredOnAt === undefined) {
      delete node.poweredOnAt;
      return;
    }
    node.poweredOnAt = poweredOnAt;
    node.upAt = poweredOnAt + durationOf('boot');
    node.bootId = this.#world.random.hex(32);
  }

  #bootAndStop(node: NodeState): void {
    if (phaseOf(node) === 'booting' && (node.upAt ?? Infinity) <= this.now) this.#up(node);
    if (phaseOf(node) === 'stopping' && (node.offAt ?? Infinity) <= this.now) this.#switchOff(node);
  }

  #up(node: NodeState): void {
    const machine = this.#world.machines.machines().find(({ id }) => id === node.machineId);
    if (!machine?.image) return;
    node.isUp = true;
    if (node.config === undefined) {
      const boot = bootConfig(machine.userData, machine.image.talosVersion);
      if ('refusal' in boot) node.refusal = boot.refusal;
      else if (boot.config !== undefined) node.config = boot.config;
    }
    if (node.etcd) node.apiServerAt = (node.upAt ?? this.now) + apiServerStart;
  }

  #switchOff(node: NodeState): void {
    this.#endBoot(node);
    this.#wipe(node);
    this.#world.machines.powerOff(node.machineId);
    delete node.poweredOnAt;
  }

  #joinEtcd(node: ConfiguredNode, surroundings: Surroundings): void {
    const { settings, state } = node;
    const cluster = this.#world.clustersWithKey(settings.clusterKey).find((candidate) => {
      if (!candidate.etcd.acceptsMember(this.now)) return false;
      const reachable = controlPlanesReachableFrom(node, surroundings);
      return reachable.some((other) => other.state.etcd?.cluster === candidate.id);
    });
    // Without an address in the advertised subnets etcd has none to tell the others.
    if (!cluster || (settings.etcdSubnets.length > 0 && !this.memberFor(node, '').peerAddress))
      return;
    const id = this.#world.random.hex(16);
    cluster.etcd.add(this.memberFor(node, id, this.now + durationOf('etcdJoin')));
    state.etcd = { cluster: cluster.id, member: id };
  }

  #advanceEtcd(cluster: BootstrappedCluster): void {
    for (const member of cluster.etcd.promote(this.now)) {
      const node = this.#nodes.get(member.machineId);
      if (node) node.apiServerAt = this.now + apiServerStart;
    }
    cluster.etcd.electLeader(this.now);
  }

  #advanceKubelet(node: ConfiguredNode, surroundings: Surroundings): void {
    const { state, machine } = node;
    if (state.hasRegistered) return;
    const cluster = canReachApi(node, surroundings);
    if (!cluster) return;
    if (state.registersAt === undefined) {
      state.registersAt = this.now + durationOf('kubeletRegister');
      return;
    }
    if (state.registersAt > this.now) return;
    const registration = registrationOf(node, addressesOf(machine));
    if (!registration) return;
    cluster.kube.registerNode(registration, this.now);
    cluster.kube.setNodeAlive(registration.name, true, this.now);
    state.hasRegistered = true;
    state.kubernetes = { cluster: cluster.id, name: registration.name };
  }

  #kubeletStopped(node: NodeState): void {
    if (!node.hasRegistered || !node.kubernetes) return;
    const { cluster, name } = node.kubernetes;
    this.#world.cluster(cluster)?.kube.setNodeAlive(name, false, this.now);
    node.hasRegistered = false;
  }
}
