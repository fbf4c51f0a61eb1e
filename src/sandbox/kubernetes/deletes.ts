import { conflict } from './api-error.js';
import { durationOf } from '../timings.js';
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
  const grace = graceOf(state, target, options);
  const finalizers = object.metadata.finalizers ?? [];
  if (grace === 0 && finalizers.length === 0 && type.kind !== 'Namespace') {
    state.store.remove(resource, object);
    return true;
  }
  if (object.metadata.deletionTimestamp !== undefined) return false;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: timestamp(state.now + grace * 1_000),
    deletionGracePeriodSeconds: grace,
  };
  const marked = { ...object, metadata };
  const isNamespace = type.kind === 'Namespace';
  state.store.put(resource, isNamespace ? { ...marked, status: { phase: 'Terminating' } } : marked);
  return false;
}

/** Pods that run take their time to stop; the kubelet ends them, not the API server. */
function graceOf(
  state: KubeState,
  { type, object }: { readonly type: ResourceType; readonly object: KubeObject },
  { gracePeriodSeconds }: DeleteOptions,
): number {
  if (type.kind !== 'Pod' || type.group !== '') return 0;
  const pod = object as Pod;
  const isRunning = pod.spec.nodeName !== undefined && !isFinished(pod);
  if (!isRunning || gracePeriodSeconds === 0) return 0;
  state.timers.start(stopTimer(pod), state.now + durationOf('podStop'));
  return gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
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
