import { deleteObject, foreground } from '../deletes.js';
import { hasFinalizer, removeFinalizer } from '../finalizers.js';
import type { KubeObject } from '../objects.js';
import { storeKey, type ResourceType } from '../resources.js';
import type { KubeState } from '../state.js';

/** Deletes what nobody owns any more, and what is of kinds that are no longer served. */
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
      else if (hasFinalizer(object, foreground)) clearUp(state, { type, object, types });
    }
  }
}

/** Deletes what an object owns; when that is gone, so may the object. */
function clearUp(
  state: KubeState,
  owner: {
    readonly type: ResourceType;
    readonly object: KubeObject;
    readonly types: ReadonlyMap<string, ResourceType>;
  },
): void {
  const { uid } = owner.object.metadata;
  let isAlone = true;
  for (const resource of state.store.resources()) {
    const type = owner.types.get(resource);
    for (const object of type ? state.store.list(resource) : []) {
      if (!object.metadata.ownerReferences?.some((reference) => reference.uid === uid)) continue;
      if (type && object.metadata.deletionTimestamp === undefined) {
        deleteObject(state, { type, object }, { propagationPolicy: 'Foreground' });
      }
      const { name, namespace } = object.metadata;
      isAlone &&= state.store.get(resource, name, namespace) === undefined;
    }
  }
  const held = { resource: storeKey(owner.type), object: owner.object };
  if (isAlone) removeFinalizer(state, held, foreground);
}

function isOrphan({ metadata }: KubeObject, uids: ReadonlySet<string>): boolean {
  const owners = metadata.ownerReferences ?? [];
  return owners.length > 0 && owners.every(({ uid }) => !uids.has(uid));
}

function discard(state: KubeState, type: ResourceType, object: KubeObject): void {
  if (object.metadata.deletionTimestamp === undefined) deleteObject(state, { type, object });
}
