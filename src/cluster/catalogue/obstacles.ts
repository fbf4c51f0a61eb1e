import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue } from './catalogue.js';
import { type RolePool } from '../state/node-pools.js';
import type { ClusterState } from '../state/cluster-state.js';

export interface CatalogueInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
}

/** A reason why servers cannot be made; `capacity`: it may work at another time. */
export interface Obstacle {
  readonly kind: 'usage' | 'image' | 'capacity';
  readonly text: string;
  readonly hint?: string;
}

/** Servers of one pool that are still to be made. */
export interface MissingServers extends RolePool {
  readonly count: number;
}
