import type { Project } from './project.js';
import type { ResourceRef } from './records.js';
import { timestamp } from './time.js';

/** What an action changes when it ends, as data, so that it survives a restart of the sandbox. */
export type Effect =
  | { readonly kind: 'server-created'; readonly server: number }
  | { readonly kind: 'server-started'; readonly server: number }
  | { readonly kind: 'server-stopped'; readonly server: number }
  | { readonly kind: 'server-restarted'; readonly server: number }
  | { readonly kind: 'server-deleted'; readonly server: number }
  | { readonly kind: 'server-attached'; readonly server: number; readonly network: number }
  | { readonly kind: 'server-detached'; readonly server: number; readonly network: number }
  | { readonly kind: 'image-created'; readonly image: number; readonly sizeGb: number }
  | { readonly kind: 'subnet-added'; readonly network: number; readonly ipRange: string }
  | { readonly kind: 'firewall-applied'; readonly firewall: number; readonly server: number }
  | { readonly kind: 'firewall-removed'; readonly firewall: number; readonly server: number }
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

export function renderAction(action: ActionRecord): object {
  return {
    id: action.id,
    command: action.command,
    status: action.status,
    started: timestamp(action.started),
    finished: action.finished === null ? null : timestamp(action.finished),
    progress: action.status === 'running' ? 0 : 100,
    resources: action.resources.map(({ id, type }) => ({ id, type })),
    error: action.error,
  };
}

/** The running action that ends next. */
export function nextEnding(project: Project): (ActionRecord & { dueAt: number }) | undefined {
  let next: (ActionRecord & { dueAt: number }) | undefined;
  for (const action of project.actions.all()) {
    if (action.status !== 'running' || !isDated(action)) continue;
    if (!next || action.dueAt < next.dueAt) next = action;
  }
  return next;
}

function isDated(action: ActionRecord): action is ActionRecord & { dueAt: number } {
  return action.dueAt !== null;
}

/** Ends an action, and begins or fails those that wait for it. Returns whether it succeeded. */
export function endAction(project: Project, action: ActionRecord): boolean {
  action.finished = project.now;
  action.error = action.failure;
  action.status = action.failure ? 'error' : 'success';
  for (const waiting of project.actions.all()) {
    if (waiting.after !== action.id || waiting.status !== 'running') continue;
    waiting.failure ??= action.failure;
    waiting.dueAt = project.now + (action.failure ? 0 : waiting.durationMs);
  }
  return action.error === null;
}
