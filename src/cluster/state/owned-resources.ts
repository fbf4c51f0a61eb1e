import { plural } from '../../lib/format.js';
import type { Cost } from './cost.js';

/** What of a Hetzner project a destroy looks at. */
export type BelongingKind =
  | 'server'
  | 'load-balancer'
  | 'volume'
  | 'firewall'
  | 'placement-group'
  | 'primary-ip'
  | 'ssh-key'
  | 'network';

/** A resource that uses another one, which can go only after it. */
export interface User {
  readonly kind: BelongingKind;
  readonly id: number;
  readonly name: string;
}

/** Something in the project that is the cluster's or hangs on what is. */
export interface Belonging {
  readonly kind: BelongingKind;
  readonly id: number;
  readonly name: string;
  /** What it is, in a few words: `cx23 in nbg1`. */
  readonly detail: string;
  /** Undefined for what costs nothing, or is paid for with another resource. */
  readonly monthly: Cost | undefined;
  /**
   * `cluster`: carries the cluster's labels. `controller`: made by the cluster's own controllers,
   * which know no such labels. `other`: hangs on the cluster, but somebody else made it.
   */
  readonly owner: 'cluster' | 'controller' | 'other';
  readonly deleteProtected: boolean;
  /** Why it costs money without being used; undefined when it is used, or costs nothing. */
  readonly idle?: string | undefined;
  readonly usedBy: readonly User[];
}

/** What exists of a cluster, and what is not known of it. */
export interface Belongings {
  readonly found: readonly Belonging[];
  /** Why something may have been missed; shown with the plan. */
  readonly notes: readonly string[];
  /** As Hetzner names it: EUR or USD. */
  readonly currency: string;
}

/** Two resources of different kinds may have the same number. */
export function keyOf({ kind, id }: Pick<Belonging, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

/** The kinds as a sentence has them. */
export const kindNouns: Readonly<Record<BelongingKind, string>> = {
  server: 'server',
  'load-balancer': 'load balancer',
  volume: 'volume',
  firewall: 'firewall',
  'placement-group': 'placement group',
  'primary-ip': 'primary IP',
  'ssh-key': 'SSH key',
  network: 'network',
};

/** `server demo-cp-1 (id 42)` */
export function nameOf({ kind, name, id }: User): string {
  return `${kindNouns[kind]} ${name} (id ${id})`;
}

/** How many there are of each kind: `3 servers`, `1 firewall`. */
export function countKinds(belongings: readonly Belonging[]): readonly string[] {
  const kinds = [...new Set(belongings.map(({ kind }) => kind))];
  return kinds.map((kind) =>
    plural(belongings.filter((one) => one.kind === kind).length, kindNouns[kind]),
  );
}
