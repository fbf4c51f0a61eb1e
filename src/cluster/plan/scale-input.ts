import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { type EtcdMemberView } from '../talos/etcd.js';
import type { BudgetView, PodView } from '../kubernetes/evictions.js';
import { type ScaleWish } from './scale-pool.js';
import { type NodeView } from './removal-order.js';
import type { InstalledCharts } from '../kubernetes/installed.js';
import type { KnownOfNode } from '../talos/found-settings.js';
import type { ClusterState } from '../state/cluster-state.js';

/** What the running cluster says of itself. */
export interface ClusterView {
  /** The versions that its control planes run: `v1.13.9` and `1.34.1`. */
  readonly versions: { readonly talos: string; readonly kubernetes: string };
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
  readonly budgets: readonly BudgetView[];
  readonly etcd: readonly EtcdMemberView[];
}

export interface ScaleInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  readonly view: ClusterView;
  readonly wish: ScaleWish;
  /** What is known of what the nodes are made of, by the id of their server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
  /** Undefined: it could not be asked. */
  readonly installed: InstalledCharts | undefined;
}
