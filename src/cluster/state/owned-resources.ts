import { plural } from '../../lib/format.js';
import type { Cost } from './cost.js';

/** What of a Hetzner project a destroy looks at. */
export type ResourceKind =
  | 'server'
  | 'load-balancer'
  | 'volume'
  | 'firewall'
  | 'placement-group'
  | 'primary-ip'
  | 'floating-ip'
  | 'ssh-key'
  | 'network';

/** A resource that uses another one, which can go only after it. */
export interface ResourceUser {
  readonly kind: ResourceKind;
  readonly id: number;
  readonly name: string;
}

/** Something in the project that is the cluster's or hangs on what is. */
export interface OwnedResource {
  readonly kind: ResourceKind;
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
  readonly usedBy: readonly ResourceUser[];
  /** A scale removed the server that it hung on, and left it. */
  readonly left?: boolean;
}

/** What exists of a cluster, and what is not known of it. */
export interface OwnedResources {
  readonly found: readonly OwnedResource[];
  /** Why something may have been missed; shown with the plan. */
  readonly notes: readonly string[];
  /** As Hetzner names it: EUR or USD. */
  readonly currency: string;
}

/** Two resources of different kinds may have the same number. */
export function resourceKey({ kind, id }: Pick<OwnedResource, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

/** The kinds as a sentence has them. */
export const kindNames: Readonly<Record<ResourceKind, string>> = {
  server: 'server',
  'load-balancer': 'load balancer',
  volume: 'volume',
  firewall: 'firewall',
  'placement-group': 'placement group',
  'primary-ip': 'primary IP',
  'floating-ip': 'floating IP',
  'ssh-key': 'SSH key',
  network: 'network',
};

/** `server demo-cp-1 (id 42)` */
export function resourceName({ kind, name, id }: ResourceUser): string {
  return `${kindNames[kind]} ${name} (id ${id})`;
}

/** How many there are of each kind: `3 servers`, `1 firewall`. */
export function countByKind(resources: readonly OwnedResource[]): readonly string[] {
  const kinds = [...new Set(resources.map(({ kind }) => kind))];
  return kinds.map((kind) =>
    plural(resources.filter((one) => one.kind === kind).length, kindNames[kind]),
  );
}
