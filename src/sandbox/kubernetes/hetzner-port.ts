import type { JsonObject } from './json.js';

/** A request to the simulated Hetzner API. */
export interface HetznerCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query: `/servers?name=x`. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly token: string;
}

/** The Hetzner API as programs in the cluster reach it, at a point in simulated time. */
export type HetznerPort = (
  call: HetznerCall,
  now: number,
) => { readonly status: number; readonly body: unknown };
