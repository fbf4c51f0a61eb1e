import { conflict } from './api-error.js';
import { mayGo } from './finalizers.js';
import { timestamp, type KubeObject } from './objects.js';
import { storeKey, type ResourceType } from './resources.js';
import type { KubeState } from './state.js';
import { isFinished, type Pod } from './workloads.js';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * Deletes an object, or marks it as being deleted: pods stop first, namespaces are emptied first,
 * finalizers are waited for. True when it is gone already.
 */
export function deleteObject(
  state: KubeState,
  target: { readonly type: ResourceType; readonly object: KubeObject },
  options: DeleteOptions = {},
): boolean {
  const { type, object } = target;
  checkPreconditions(type, object, options);
  const resource = storeKey(type);
  if (options.propagationPolicy === 'Orphan') orphanDependents(state, object);
  const marked = markedObject(state, target, options);
  if (mayGo(marked)) {
    state.store.remove(resource, object);
    return true;
  }
  const isNamespace = type.kind === 'Namespace';
  state.store.put(resource, isNamespace ? { ...marked, status: { phase: 'Terminating' } } : marked);
  return false;
}

/** The object as one that is being deleted; a second deletion can only shorten its time. */
function markedObject(
  state: KubeState,
  target: { readonly type: ResourceType; readonly object: KubeObject },
  options: DeleteOptions,
): KubeObject {
  const { metadata } = target.object;
  const grace = graceOf(target, options);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation } = metadata;
  const isAgain = deletionTimestamp !== undefined;
  if (isAgain && grace >= deletionGracePeriodSeconds) return target.object;
  const isForeground = options.propagationPolicy === 'Foreground';
  const finalizers = [...(metadata.finalizers ?? []), ...(isForeground ? [foreground] : [])];
  return {
    ...target.object,
    metadata: {
      ...metadata,
      ...(generation === undefined || isAgain ? {} : { generation: generation + 1 }),
      ...(finalizers.length > 0 ? { finalizers } : {}),
      deletionTimestamp: timestamp(state.now + grace * 1_000),
      deletionGracePeriodSeconds: grace,
    },
  };
}

/** On an object whose dependents go first. */
export const foreground = 'foregroundDeletion';

/** Pods that run take their time to stop; the kubelet ends them, not the API server. */
function graceOf(
  { type, object }: { readonly type: ResourceType; readonly object: KubeObject },
  { gracePeriodSeconds }: DeleteOptions,
): number {
  if (type.kind !== 'Pod' || type.group !== '') return 0;
  const pod = object as Pod;
  const isRunning = pod.spec.nodeName !== undefined && !isFinished(pod);
  if (!isRunning || gracePeriodSeconds === 0) return 0;
  const grace = gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

/** The timer that runs while a pod's containers stop. */
export function stopTimer(pod: Pod): string {
  return `stop/${pod.metadata.uid}`;
}

function checkPreconditions(type: ResourceType, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name } = object.metadata;
  if (uid !== undefined && uid !== object.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`;
    throw conflict(type, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
    throw conflict(type, name, 'Precondition failed: ResourceVersion in precondition differs');
  }
}

function orphanDependents(state: KubeState, owner: KubeObject): void {
  for (const resource of state.store.resources()) {
    for (const object of state.store.list(resource)) {
      const owners = object.metadata.ownerReferences ?? [];
      const others = owners.filter(({ uid }) => uid !== owner.metadata.uid);
      if (others.length === owners.length) continue;
      state.store.put(resource, {
        ...object,
        metadata: { ...object.metadata, ownerReferences: others },
      });
    }
  }
}
