import type { MachineRoom } from '../machines.js';
import type { Random } from '../simulation.js';
import type { BootstrappedCluster } from './cluster.js';
import type { EtcdMember } from './etcd-cluster.js';
import type { TalosFaults } from './faults.js';
import type { NodeState } from './node-state.js';
import type { ConfiguredNode } from './talos-node.js';

/** What the life of a node and the ways between nodes see of the world that they are in. */
export interface TalosWorldView {
  readonly machines: MachineRoom;
  readonly random: Random;
  readonly faults: TalosFaults;
  /** Nodes that run with a configuration now. */
  runningNodes(): ConfiguredNode[];
  settingsOf(state: NodeState): ConfiguredNode['settings'] | undefined;
  clustersWithKey(key: string): BootstrappedCluster[];
  cluster(id: string): BootstrappedCluster | undefined;
  bootstrappedClusters(): readonly BootstrappedCluster[];
  /** Starts a cluster of one member on this control plane. */
  found(node: ConfiguredNode, member: EtcdMember, now: number): void;
  isApiServerUp(state: NodeState, now: number): boolean;
}
