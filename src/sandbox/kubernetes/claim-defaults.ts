import { listOr, objectOr, stringOr, type JsonObject } from './json.js';
import type { KubeState } from './state.js';

const protection = 'kubernetes.io/pvc-protection';
const volumeProtection = 'kubernetes.io/pv-protection';
const isDefault = 'storageclass.kubernetes.io/is-default-class';

/** A PersistentVolumeClaim with what the API server and its admission plugins fill in. */
export function withClaimDefaults(object: JsonObject, state: KubeState): JsonObject {
  const metadata = objectOr(object['metadata']);
  const { name, namespace } = metadata;
  const isNew = !state.store.get('persistentvolumeclaims', stringOr(name), stringOr(namespace));
  const standard = defaultClass(state);
  const className = isNew && standard !== undefined ? { storageClassName: standard } : {};
  return {
    ...object,
    metadata: isNew ? held(metadata, protection) : metadata,
    spec: { ...className, volumeMode: 'Filesystem', ...objectOr(object['spec']) },
    status: { phase: 'Pending', ...objectOr(object['status']) },
  };
}

/** The same for a PersistentVolume. */
export function withVolumeDefaults(object: JsonObject, state: KubeState): JsonObject {
  const metadata = objectOr(object['metadata']);
  const isNew = !state.store.get('persistentvolumes', stringOr(metadata['name']));
  const spec = {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
    ...objectOr(object['spec']),
  };
  const status = { phase: 'Available', ...objectOr(object['status']) };
  return { ...object, metadata: isNew ? held(metadata, volumeProtection) : metadata, spec, status };
}

/** With a finalizer more. */
function held(metadata: JsonObject, finalizer: string): JsonObject {
  const finalizers = listOr(metadata['finalizers']);
  if (finalizers.includes(finalizer)) return metadata;
  return { ...metadata, finalizers: [...finalizers, finalizer] };
}

/** The name of the default StorageClass. */
export function defaultClass({ store }: KubeState): string | undefined {
  return store
    .list('storageclasses.storage.k8s.io')
    .find(({ metadata }) => metadata.annotations?.[isDefault] === 'true')?.metadata.name;
}
