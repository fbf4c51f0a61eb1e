import type { ResourceRef } from './records.js';

/** What an action changes when it ends, as data, so that it survives a restart of the sandbox. */
export type Effect =
  | { readonly kind: 'server-created'; readonly server: number }
  | { readonly kind: 'server-started'; readonly server: number }
  | {
      readonly kind: 'rescue-enabled';
      readonly server: number;
      readonly sshKeys: readonly string[];
    }
  | { readonly kind: 'server-stopped'; readonly server: number }
  | { readonly kind: 'server-restarted'; readonly server: number }
  | {
      readonly kind: 'server-rebuilt';
      readonly server: number;
      readonly image: number;
      readonly userData: string;
    }
  | {
      readonly kind: 'server-type-changed';
      readonly server: number;
      readonly serverType: string;
      readonly diskGb: number;
    }
  | { readonly kind: 'server-deleted'; readonly server: number }
  | { readonly kind: 'server-attached'; readonly server: number; readonly network: number }
  | { readonly kind: 'server-detached'; readonly server: number; readonly network: number }
  | { readonly kind: 'image-created'; readonly image: number; readonly sizeGb: number }
  | { readonly kind: 'subnet-added'; readonly network: number; readonly ipRange: string }
  | { readonly kind: 'firewall-applied'; readonly firewall: number; readonly server: number }
  | { readonly kind: 'firewall-removed'; readonly firewall: number; readonly server: number }
  | { readonly kind: 'certificate-issued'; readonly certificate: number }
  | { readonly kind: 'volume-ready'; readonly volume: number }
  | { readonly kind: 'load-balancer-attached'; readonly loadBalancer: number }
  | { readonly kind: 'load-balancer-deleted'; readonly loadBalancer: number };

export interface ActionRecord {
  readonly id: number;
  readonly command: string;
  readonly resources: readonly ResourceRef[];
  status: 'running' | 'success' | 'error';
  /** Times are simulated ms since the epoch. */
  readonly started: number;
  finished: number | null;
  durationMs: number;
  /** Null while it waits for another action. */
  dueAt: number | null;
  readonly after: number | null;
  readonly locks: ResourceRef | null;
  readonly effect: Effect | null;
  /** How it will end, when it is meant to fail. */
  failure: ActionFailure | null;
  error: ActionFailure | null;
}

export interface ActionFailure {
  readonly code: string;
  readonly message: string;
}
