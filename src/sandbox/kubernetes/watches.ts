import { ApiError } from './api-error.js';
import type { JsonObject } from './json.js';
import type { KubeObject } from './objects.js';
import { filterOf, served, tableOptions, wantsTable } from './reads.js';
import type { ApiRequest, ResourcePath } from './request.js';
import { apiVersionOf, storeKey } from './resources.js';
import type { Predicate } from './selectors.js';
import type { KubeState } from './state.js';
import type { Change } from './store.js';
import { tableOf } from './tables.js';

/** One event of a watch, as it is sent: an object a line. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/**
 * Sends what a watch asks for: first what it has not seen, then each change as it happens, until
 * the returned function is called.
 */
export function watch(
  state: KubeState,
  { request, target }: { readonly request: ApiRequest; readonly target: ResourcePath },
  send: (event: WatchEvent) => void,
): () => void {
  const { type } = target;
  const filter = filterOf(request, target);
  const shape = (object: KubeObject): unknown => {
    const shown = served(object, type);
    return wantsTable(request) ? tableOf([shown], tableOptions(state, request, type)) : shown;
  };
  const pass = (change: Change): void => {
    const event = eventOf(change, filter);
    if (event !== undefined) send({ type: event, object: shape(change.object) });
  };
  const resource = storeKey(type);
  const since = request.query.get('resourceVersion') ?? '';
  const wantsInitial = request.query.get('sendInitialEvents') === 'true';
  if (wantsInitial || since === '' || since === '0') {
    for (const object of state.store.list(resource).filter(filter)) {
      send({ type: 'ADDED', object: shape(object) });
    }
    if (wantsInitial) send({ type: 'BOOKMARK', object: bookmark(state, target) });
  } else {
    const missed = state.store.changesSince(resource, Number(since));
    if (!missed) {
      send({ type: 'ERROR', object: expired(since, state.store.revision) });
      return () => undefined;
    }
    missed.forEach(pass);
  }
  return state.store.onChange((change) => {
    if (change.resource === resource) pass(change);
  });
}

/** A change as the watcher sees it: an object that begins to match is new, one that ends is gone. */
function eventOf(change: Change, filter: Predicate): WatchEvent['type'] | undefined {
  const isNow = change.type !== 'DELETED' && filter(change.object);
  const was = change.previous !== undefined && filter(change.previous);
  if (isNow) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function bookmark(state: KubeState, { type }: ResourcePath): JsonObject {
  return {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(state.store.revision),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  };
}

function expired(since: string, revision: number): JsonObject {
  const message = `too old resource version: ${since} (${revision})`;
  return new ApiError(410, 'Expired', message).toStatus();
}
