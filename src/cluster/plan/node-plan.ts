import type { ClusterConfig } from '../../config/schema.js';
import type { ImageBuild } from '../catalogue/image-builds.js';
import type { PlacementGroupState } from '../state/cluster-state.js';
import type { OwnedResource } from '../state/owned-resources.js';
import type { PlannedGroup, ShownPlan } from './plan.js';

/** What a plan has in which nodes of a running cluster are made and removed. */
export interface NodePlan extends ShownPlan {
  /** cluster.yaml with the versions that the cluster runs, and the counts that are wanted. */
  readonly config: ClusterConfig;
  /** The placement groups that new servers are made in. */
  readonly groups: readonly PlannedGroup[];
  /** Placement groups that are empty afterwards, and go. */
  readonly emptied: readonly PlacementGroupState[];
  /** Snapshots that have to be made before servers can be. */
  readonly builds: readonly ImageBuild[];
  /** What hangs on the servers that go, and stays. */
  readonly leaves: readonly OwnedResource[];
}
