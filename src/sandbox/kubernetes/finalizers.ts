import { omit } from './json.js';
import type { KubeObject } from './objects.js';
import type { KubeState } from './state.js';

/** Whether nothing keeps an object any more that was deleted: its time is over, and nobody clears up. */
export function mayGo({ kind, metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    // A namespace is finalized by its controller, once it is empty.
    kind !== 'Namespace' &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (metadata.finalizers ?? []).length === 0
  );
}

/** Takes a finalizer off an object; the last one lets a deleted object go. */
export function removeFinalizer(
  state: KubeState,
  held: { readonly resource: string; readonly object: KubeObject },
  finalizer: string,
): void {
  const { resource, object } = held;
  const finalizers = (object.metadata.finalizers ?? []).filter((item) => item !== finalizer);
  const metadata = omit(object.metadata, ['finalizers']);
  const next = {
    ...object,
    metadata: finalizers.length > 0 ? { ...metadata, finalizers } : metadata,
  };
  if (mayGo(next)) state.store.remove(resource, next);
  else state.store.put(resource, next);
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false;
}
