import type { ClusterConfig } from '../../../config/schema.js';
import type { Answer } from '../../../lib/answer.js';
import type { Catalogue } from '../../catalogue/catalogue.js';
import { type EtcdMemberView } from '../../talos/etcd.js';
import type { BudgetView, PodView } from '../../kubernetes/evictions.js';
import { type ScaleWish } from './scale-pool.js';
import type { InstalledCharts } from '../../kubernetes/installed.js';
import type { KnownOfNode } from '../../talos/found-settings.js';
import type { OwnedResource } from '../../state/owned-resources.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { ClusterNode } from '../../state/nodes.js';

/** What the running cluster says of itself. */
export interface ClusterView {
  /** The versions that its control planes run: `v1.13.9` and `1.34.1`. */
  readonly versions: { readonly talos: string; readonly kubernetes: string };
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly PodView[];
  readonly budgets: readonly BudgetView[];
  readonly etcd: readonly EtcdMemberView[];
  /** Hetzner's ids of the volumes that the storage driver attaches where their pods are. */
  readonly csiVolumeIds: readonly number[];
}

/** A running cluster as it was found, before its nodes are changed. */
export interface RunningCluster {
  readonly config: ClusterConfig;
  /** True: cluster.yaml says nothing of the endpoint, and the cluster keeps its own. */
  readonly keepsEndpoint?: boolean;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  readonly view: ClusterView;
  /** What hangs on the cluster's servers and stays when they go; each names its server. */
  readonly attached: readonly OwnedResource[];
  /** What is known of what the nodes are made of, by the id of their server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
  /** What oxide installed in Kubernetes. */
  readonly installed: Answer<InstalledCharts>;
}

export interface ScaleInput extends RunningCluster {
  readonly wish: ScaleWish;
}
