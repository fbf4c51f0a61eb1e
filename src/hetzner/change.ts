import { z } from 'zod';
import type { Client } from './client.js';
import { HetznerError } from './errors.js';
import type { ApiRequest } from './exchange.js';
import { actionSchema, type Action } from './resources.js';

/**
 * What a write began, read by what its answer holds: one action, several, or none. Hetzner turns a
 * write into one with an action at times (the deletion of a load balancer on 2026-10-05).
 */
export const begunActions = z
  .object({
    action: actionSchema.nullish(),
    actions: z.array(actionSchema).nullish(),
    next_actions: z.array(actionSchema).nullish(),
  })
  .transform(({ action, actions, next_actions: next }) => [
    ...(action ? [action] : []),
    ...(actions ?? []),
    ...(next ?? []),
  ]);

export interface Change {
  readonly path: string;
  readonly purpose: string;
  readonly body?: unknown;
  /** The actions of the change when it is there or under way; undefined when there is no trace of it. */
  readonly verify: () => Promise<Action[] | undefined>;
  /** Codes by which Hetzner says that the change is there already. */
  readonly already?: readonly string[];
  readonly alsoRefused?: readonly string[];
}

/** Sends a change; one that is there already, from a lost answer or otherwise, is no error. */
export async function sendChange(client: Client, change: Change): Promise<Action[]> {
  const { path, purpose, body, verify, already = [], alsoRefused = [] } = change;
  const request = {
    method: 'POST',
    path,
    purpose,
    ...(body === undefined ? {} : { body }),
  } as const;
  try {
    return await client.request(request, begunActions, { verify, alsoRefused });
  } catch (error) {
    if (!(error instanceof HetznerError) || !already.includes(error.code)) throw error;
    const effect = await verify();
    if (effect === undefined) throw error;
    return effect;
  }
}

/** Labels to set; `undefined` takes one away. */
export type LabelChanges = Readonly<Record<string, string | undefined>>;

/**
 * The request that changes some labels of a thing and leaves its others: the API replaces the whole
 * set. The same set twice is the same set, so it may be sent again unseen.
 */
export function relabel(
  path: string,
  present: Readonly<Record<string, string>>,
  changes: LabelChanges,
): ApiRequest {
  const merged = Object.entries({ ...present, ...changes });
  const labels = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  return { method: 'PUT', path, purpose: `labelling ${path}`, body: { labels } };
}
