import type { Project } from './project.js';

/** A request after authentication and parsing. */
export interface Call {
  /** The `{id}` of the path; 0 in paths without one. */
  readonly id: number;
  /** The second id of the path, as in `/servers/{id}/actions/{action_id}`; 0 without one. */
  readonly subId: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** What a handler answers; `body` is undefined for 204. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

export type Handler = (project: Project, call: Call) => Answer;

/** A row of the routing table; `{id}` in the path stands for digits. */
export type Route = readonly [
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  handler: Handler,
];

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (body: object): Answer => ({ status: 201, body });
export const deleted: Answer = { status: 204 };
