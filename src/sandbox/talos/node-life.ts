import type { Machine } from '../machines.js';
import { durationOf } from '../timings.js';
import { addressesOf } from './api-server.js';
import { bootConfig } from './boot.js';
import { apiServerStart, EtcdLife } from './etcd-life.js';
import { canReachApi, type Surroundings } from './reachability.js';
import { registrationOf } from './registration.js';
import { phaseOf, type NodeState } from './node-state.js';
import type { TalosWorldView } from './world-view.js';
import type { ConfiguredNode } from './talos-node.js';

/** Moves the nodes through their lives: power, boot, etcd, kubelet, power off. */
export class NodeLife {
  /** How far the nodes' lives have come, simulated ms. */
  now: number;
  readonly #world: TalosWorldView;
  readonly #nodes: Map<number, NodeState>;
  readonly #etcd: EtcdLife;

  constructor(world: TalosWorldView, nodes: Map<number, NodeState>, now: number) {
    this.now = now;
    this.#world = world;
    this.#nodes = nodes;
    this.#etcd = new EtcdLife(world, nodes);
  }

  /** When something next happens by itself. */
  nextDue(): number | undefined {
    const times = [
      ...[...this.#nodes.values()].flatMap((node) => this.#dueTimes(node)),
      ...this.#world.bootstrappedClusters().flatMap(({ etcd }) => [etcd.nextPromotion()]),
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

  #dueTimes(node: NodeState): (number | undefined)[] {
    switch (phaseOf(node)) {
      case 'booting':
        return [node.upAt];
      case 'stopping':
        return [node.offAt];
      case 'running':
        return [
          node.apiServerAt,
          node.hasRegistered ? undefined : node.registersAt,
          node.etcdService?.dueAt,
          node.bootFailsAt,
        ];
      default:
        return [];
    }
  }

  #step(now: number): void {
    this.now = Math.max(this.now, now);
    for (const node of this.#nodes.values()) this.#bootAndStop(node);
    for (const node of this.#nodes.values()) {
      if ((node.bootFailsAt ?? Infinity) <= this.now) this.restart(node, this.now);
    }
    const running = this.#world.runningNodes();
    const surroundings = { world: this.#world, now: this.now, running };
    this.#etcd.advance(surroundings);
    for (const node of running) this.#advanceKubelet(node, surroundings);
  }

  #powerChanges(): void {
    const machines = new Map(
      this.#world.machines.machines().map((machine) => [machine.id, machine]),
    );
    for (const [id, node] of this.#nodes) {
      if (!machines.has(id)) this.#forget(node);
    }
    for (const machine of machines.values()) {
      const known = this.#nodes.get(machine.id);
      if (known && known.rebuiltAt !== machine.rebuiltAt) this.#forget(known);
      if (!machine.image) {
        const away = this.#nodes.get(machine.id);
        // The machine started from something else than its disk.
        if (away?.poweredOnAt !== undefined) {
          this.#powered(away, { ...machine, poweredOnAt: undefined });
        }
        continue;
      }
      const node = this.#nodes.get(machine.id) ?? this.#newNode(machine);
      if (node.poweredOnAt !== machine.poweredOnAt) this.#powered(node, machine);
    }
  }

  /** Its disk is gone, with all that Talos kept on it. */
  #forget(node: NodeState): void {
    this.#kubeletStopped(node);
    this.#nodes.delete(node.machineId);
  }

  #newNode({ id, name, rebuiltAt }: Machine): NodeState {
    const node = {
      machineId: id,
      ...(rebuiltAt === undefined ? {} : { rebuiltAt }),
      name: hostnameFrom(name),
      isUp: false,
      hasRegistered: false,
      bootId: '',
    };
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
    delete node.etcdService;
    delete node.bootFailsAt;
  }

  #wipe(node: NodeState): void {
    const { wipe } = node;
    if (wipe === undefined) return;
    if (wipe !== 'ephemeral') delete node.config;
    if (wipe !== 'state') {
      delete node.etcd;
      delete node.hasEtcdFolder;
      delete node.hasEtcdImage;
    }
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
    this.#takeHostname(node, machine);
    if (node.config === undefined) {
      const boot = bootConfig(machine.userData, machine.image.talosVersion);
      if ('refusal' in boot) node.refusal = boot.refusal;
      else if (boot.config !== undefined) node.config = boot.config;
    }
    if (node.etcd) node.apiServerAt = (node.upAt ?? this.now) + apiServerStart;
  }

  /**
   * Talos asks the metadata service for the hostname once in a boot, and it is the server's name at
   * that time; a fixed one in the configuration wins (Talos source, platform/hcloud/hcloud.go and
   * controllers/network/platform_config.go). etcd tells the others its name whenever it starts.
   */
  #takeHostname(node: NodeState, machine: Machine): void {
    node.name = hostnameFrom(machine.name);
    if (!node.etcd) return;
    const member = this.#world.cluster(node.etcd.cluster)?.etcd.member(node.etcd.member);
    if (member) member.hostname = this.#world.settingsOf(node)?.hostname ?? node.name;
  }

  #switchOff(node: NodeState): void {
    this.#endBoot(node);
    this.#wipe(node);
    this.#world.machines.powerOff(node.machineId);
    delete node.poweredOnAt;
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

  /** Talos restarts the kubelet with what is new in the configuration of a node that is up. */
  reconfigured(node: ConfiguredNode, now: number): void {
    const { hasRegistered, kubernetes } = node.state;
    const cluster = kubernetes && this.#world.cluster(kubernetes.cluster);
    const registration = registrationOf(node, addressesOf(node.machine));
    if (!hasRegistered || registration?.name !== kubernetes?.name) return;
    if (registration) cluster?.kube.registerNode(registration, now);
  }

  #kubeletStopped(node: NodeState): void {
    if (!node.hasRegistered || !node.kubernetes) return;
    const { cluster, name } = node.kubernetes;
    this.#world.cluster(cluster)?.kube.setNodeAlive(name, false, this.now);
    node.hasRegistered = false;
  }
}

/** The hostname of a full name; its domain is kept apart (Talos source, HostnameSpecSpec.ParseFQDN). */
function hostnameFrom(name: string): string {
  return name.split('.')[0] ?? name;
}
