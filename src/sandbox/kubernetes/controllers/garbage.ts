import { deleteObject } from '../deletes.js';
import type { KubeObject } from '../objects.js';
import { storeKey, type ResourceType } from '../resources.js';
import type { KubeState } from '../state.js';

/** Deletes what nobody owns any more, and what was in namespaces and of kinds that are deleted. */
export function collectGarbage(state: KubeState): void {
  const types = new Map(state.catalogue.all().map((type) => [storeKey(type), type]));
  const resources = state.store.resources().filter((resource) => resource !== 'events');
  const uids = new Set(
    resources.flatMap((resource) => state.store.list(resource).map(({ metadata }) => metadata.uid)),
  );
  for (const resource of resources) {
    const type = types.get(resource);
    for (const object of state.store.list(resource)) {
      if (!type) state.store.remove(resource, object);
      else if (isOrphan(object, uids)) discard(state, type, object);
    }
  }
  emptyNamespaces(state, types);
}

function isOrphan({ metadata }: KubeObject, uids: ReadonlySet<string>): boolean {
  const owners = metadata.ownerReferences ?? [];
  return owners.length > 0 && owners.every(({ uid }) => !uids.has(uid));
}

function discard(state: KubeState, type: ResourceType, object: KubeObject): void {
  if (object.metadata.deletionTimestamp === undefined) deleteObject(state, { type, object });
}

function emptyNamespaces(state: KubeState, types: ReadonlyMap<string, ResourceType>): void {
  for (const namespace of state.store.list('namespaces')) {
    const { name, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp === undefined) continue;
    let isEmpty = true;
    for (const resource of state.store.resources()) {
      const type = types.get(resource);
      for (const object of type ? state.store.list(resource, name) : []) {
        if (type) discard(state, type, object);
        isEmpty &&= state.store.get(resource, object.metadata.name, name) === undefined;
      }
    }
    if (isEmpty) state.store.remove('namespaces', namespace);
  }
}
