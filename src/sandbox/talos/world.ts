import type { TalosNode, ConfiguredNode } from './talos-node.js';
import type { MachineRoom } from '../machines.js';
import type { Random, Simulated } from '../simulation.js';
import { apiServerTls, type ApiServerTls } from './api-server.js';
import type { BootstrappedCluster } from './cluster.js';
import { EtcdCluster, type EtcdMember, type EtcdState } from './etcd-cluster.js';
import { newEtcdService } from './etcd-service.js';
import { TalosFaults, type TalosFault } from './faults.js';
import type { CreateKubeCluster, KubeClusterPort } from './kube-cluster-port.js';
import { decodeConfig } from './machine-config/decode.js';
import { NodeLife } from './node-life.js';
import { settingsOf, type NodeSettings } from './node-settings.js';
import { phaseOf, type NodeState } from './node-state.js';
import type { TalosWorldView } from './world-view.js';

export interface TalosWorldOptions {
  readonly machines: MachineRoom;
  readonly createKubeCluster: CreateKubeCluster;
  readonly random: Random;
  /** The operator's public IPv4 address. */
  readonly callerAddress: () => string;
  readonly saved?: unknown;
}

interface SavedCluster {
  readonly key: string;
  readonly options: BootstrappedCluster['options'];
  readonly etcd: EtcdState;
  readonly kube: unknown;
}

interface SavedWorld {
  readonly nodes: NodeState[];
  readonly clusters: SavedCluster[];
  readonly now: number;
}

/** What a node accepted is read again by who knows most kinds of documents. */
const newestLayout = 'v1.14.0';

/** The computers of the project that Talos runs on, and the clusters that they form. */
export class TalosWorld implements Simulated, TalosWorldView {
  readonly machines: MachineRoom;
  readonly random: Random;
  readonly callerAddress: () => string;
  readonly faults = new TalosFaults();
  readonly #createKubeCluster: CreateKubeCluster;
  readonly #nodes = new Map<number, NodeState>();
  readonly #clusters: BootstrappedCluster[] = [];
  readonly #settings = new Map<string, NodeSettings>();
  readonly #tls = new Map<string, Promise<ApiServerTls>>();
  readonly #life: NodeLife;

  constructor(options: TalosWorldOptions) {
    this.machines = options.machines;
    this.random = options.random;
    this.callerAddress = options.callerAddress;
    this.#createKubeCluster = options.createKubeCluster;
    const saved = options.saved as SavedWorld | undefined;
    for (const node of saved?.nodes ?? []) this.#nodes.set(node.machineId, node);
    for (const cluster of saved?.clusters ?? []) this.#restore(cluster, saved?.now ?? 0);
    this.#life = new NodeLife(this, this.#nodes, saved?.now ?? 0);
  }

  /** What listens on this machine's port 6443 now, or why nothing does. */
  async apiServerAt(
    machineId: number,
    now: number,
  ): Promise<(ApiServerTls & { kube: KubeClusterPort }) | { refused: string }> {
    const node = this.node(machineId);
    if (!node || phaseOf(node.state) === 'off') return { refused: 'Connection timed out' };
    const cluster = this.clusterOf(node.state);
    if (!node.settings || !cluster || !this.isApiServerUp(node.state, now)) {
      return { refused: 'Connection refused' };
    }
    const tls = await this.#tlsOf({ ...node, settings: node.settings }, cluster, now);
    return { kube: cluster.kube, ...tls };
  }

  /**
   * The machine that a name in the certificates of control planes leads to: who set a record for it
   * pointed it at the first of them, which has the address that all nodes know. Undefined: nobody
   * bears the name.
   */
  namedBy(name: string): number | undefined {
    const bearers = this.nodes().filter(
      ({ settings }) =>
        settings?.role === 'control-plane' &&
        [...settings.apiServerSans, ...settings.machineSans].includes(name),
    );
    const first = bearers.find(({ machine, settings }) =>
      machine.privateIps.some(({ ip }) => settings?.endpoint.includes(`//${ip}:`)),
    );
    return (first ?? bearers[0])?.machine.id;
  }

  clusters(): readonly KubeClusterPort[] {
    return this.#clusters.map((cluster) => cluster.kube);
  }

  /** Makes something go wrong, for tests. */
  setFault(fault: TalosFault): void {
    this.faults.add(fault);
  }

  nextDue(): number | undefined {
    const due = [this.#life.nextDue(), ...this.#clusters.map(({ kube }) => kube.nextDue())];
    const times = due.filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  advance(now: number): void {
    this.#life.advance(now);
    for (const { kube } of this.#clusters) kube.advance(now);
  }

  toJSON(): SavedWorld {
    return {
      nodes: [...this.#nodes.values()],
      clusters: this.#clusters.map(({ key, options, etcd, kube }) => {
        return { key, options, etcd: etcd.state, kube: kube.toJSON() };
      }),
      now: this.#life.now,
    };
  }

  node(machineId: number): TalosNode | undefined {
    return this.nodes().find(({ machine }) => machine.id === machineId);
  }

  nodes(): TalosNode[] {
    return this.machines.machines().flatMap((machine) => {
      const state = this.#nodes.get(machine.id);
      return state ? [{ state, machine, settings: this.settingsOf(state) }] : [];
    });
  }

  /** Nodes that run with a configuration now. */
  runningNodes(): ConfiguredNode[] {
    return this.nodes().flatMap((node) =>
      node.settings && phaseOf(node.state) === 'running'
        ? [{ ...node, settings: node.settings }]
        : [],
    );
  }

  /** What the configuration on the node's disk says; undefined when there is none. */
  settingsOf(state: NodeState): NodeSettings | undefined {
    const { config } = state;
    if (config === undefined) return undefined;
    const known = this.#settings.get(config);
    if (known) return known;
    const settings = settingsOf(decodeConfig(config, newestLayout));
    this.#settings.set(config, settings);
    return settings;
  }

  /** The cluster whose data the node's etcd has, or that its kubelet registered in. */
  clusterOf(state: NodeState): BootstrappedCluster | undefined {
    const id = state.etcd?.cluster ?? state.kubernetes?.cluster;
    return this.#clusters.find((cluster) => cluster.id === id);
  }

  clustersWithKey(key: string): BootstrappedCluster[] {
    return this.#clusters.filter((cluster) => cluster.key === key);
  }

  cluster(id: string): BootstrappedCluster | undefined {
    return this.#clusters.find((cluster) => cluster.id === id);
  }

  bootstrappedClusters(): readonly BootstrappedCluster[] {
    return this.#clusters;
  }

  /** Whether the API server of this control plane answers: its etcd has quorum and it has started. */
  isApiServerUp(state: NodeState, now: number): boolean {
    const cluster = state.etcd && this.cluster(state.etcd.cluster);
    return (
      cluster !== undefined &&
      phaseOf(state) === 'running' &&
      (state.apiServerAt ?? Infinity) <= now &&
      cluster.etcd.hasQuorum(now)
    );
  }

  /** Lets this control plane's etcd found a cluster as soon as it has its image. */
  bootstrap({ state }: ConfiguredNode, now: number): void {
    // Talos takes the stopped etcd for a finished service, so the boot has succeeded.
    delete state.bootFailsAt;
    state.etcdService = newEtcdService(now, state.machineId, true);
  }

  /** Starts a cluster of one member on this control plane. */
  found({ settings, state }: ConfiguredNode, member: EtcdMember, now: number): void {
    const { kubernetesVersion, podCidr, serviceCidr } = settings;
    const id = this.random.hex(16);
    this.#restore(
      {
        key: settings.clusterKey,
        options: { kubernetesVersion, podCidr, serviceCidr },
        etcd: { id, startsAt: now, members: [member], leader: member.id, raftTerm: 2 },
        kube: undefined,
      },
      now,
    );
    state.etcd = { cluster: id, member: member.id };
  }

  /** Restarts Talos on a machine that stays on. */
  reboot(state: NodeState, now: number): void {
    this.#life.restart(state, now);
  }

  /** A node that is up acts on its new configuration. */
  reconfigured(node: ConfiguredNode, now: number): void {
    this.#life.reconfigured(node, now);
  }

  #restore({ key, options, etcd, kube }: SavedCluster, now: number): void {
    const saved = kube === undefined ? {} : { saved: kube };
    this.#clusters.push({
      id: etcd.id,
      key,
      options,
      etcd: new EtcdCluster(etcd, (member) => this.#runsEtcd(etcd.id, member)),
      kube: this.#createKubeCluster({ ...options, ...saved, now }),
    });
  }

  #runsEtcd(cluster: string, member: { machineId: number; id: string }): boolean {
    const state = this.#nodes.get(member.machineId);
    return (
      state !== undefined &&
      phaseOf(state) === 'running' &&
      state.etcdService?.stage === 'running' &&
      state.etcd?.cluster === cluster &&
      state.etcd.member === member.id
    );
  }

  #tlsOf(node: ConfiguredNode, cluster: BootstrappedCluster, now: number): Promise<ApiServerTls> {
    const id = `${cluster.id} ${node.machine.id}`;
    const known = this.#tls.get(id);
    if (known) return known;
    const made = apiServerTls(node, cluster.options.serviceCidr, now);
    this.#tls.set(id, made);
    return made;
  }
}
