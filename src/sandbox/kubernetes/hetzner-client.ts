import type { HetznerCall } from './hetzner-port.js';
import { isObject, objectOr, stringOr, type JsonObject } from './json.js';
import type { KubeState } from './state.js';

/** A refusal, in the words in which hcloud-go tells it (hcloud/error.go). */
export class HetznerRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

/** What Hetzner answers; what it refuses is thrown. */
export function ask(state: KubeState, call: HetznerCall): JsonObject {
  const { hetzner } = state.options;
  if (!hetzner) throw new HetznerRefusal('service_error', 'no Hetzner API can be reached');
  const { status, body } = hetzner(call, state.now);
  if (status < 400) return objectOr(body);
  const error = objectOr(objectOr(body)['error']);
  throw new HetznerRefusal(stringOr(error['code']), stringOr(error['message']));
}

/** All elements of a list, page by page. */
export function askAll(
  state: KubeState,
  token: string,
  { path, key }: { readonly path: string; readonly key: string },
): readonly JsonObject[] {
  const found: JsonObject[] = [];
  let page: unknown = 1;
  while (typeof page === 'number') {
    const mark = path.includes('?') ? '&' : '?';
    const answer = ask(state, {
      method: 'GET',
      path: `${path}${mark}page=${page}&per_page=50`,
      token,
    });
    found.push(...(answer[key] as readonly unknown[]).filter(isObject));
    page = objectOr(objectOr(answer['meta'])['pagination'])['next_page'];
  }
  return found;
}

/** Whether an action that was begun still runs. One that failed is thrown. */
export function isRunning(state: KubeState, token: string, id: string): boolean {
  const { action } = ask(state, { method: 'GET', path: `/actions/${id}`, token });
  const { status, error } = objectOr(action);
  if (status === 'error') throw new Error(`action failed: ${stringOr(objectOr(error)['message'])}`);
  return status === 'running';
}
