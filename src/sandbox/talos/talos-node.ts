import type { Machine } from '../machines.js';
import { type NodeSettings } from './node-settings.js';
import { type NodeState } from './node-state.js';

/** A node with what its machine and its configuration say of it. */
export interface TalosNode {
  readonly state: NodeState;
  readonly machine: Machine;
  /** Undefined in maintenance mode. */
  readonly settings: NodeSettings | undefined;
}

/** A node that runs with a configuration. */
export interface ConfiguredNode extends TalosNode {
  readonly settings: NodeSettings;
}
