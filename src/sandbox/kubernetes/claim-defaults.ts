import { listOr, objectOr, stringOr, type JsonObject } from './json.js';
import type { KubeState } from './state.js';

const protection = 'kubernetes.io/pvc-protection';
const isDefault = 'storageclass.kubernetes.io/is-default-class';

/** A PersistentVolumeClaim with what the API server and its admission plugins fill in. */
export function withClaimDefaults(object: JsonObject, state: KubeState): JsonObject {
  const metadata = objectOr(object['metadata']);
  const { name, namespace } = metadata;
  const isNew = !state.store.get('persistentvolumeclaims', stringOr(name), stringOr(namespace));
  const finalizers = listOr(metadata['finalizers']);
  const standard = state.store
    .list('storageclasses.storage.k8s.io')
    .find((item) => item.metadata.annotations?.[isDefault] === 'true')?.metadata.name;
  const className = isNew && standard !== undefined ? { storageClassName: standard } : {};
  return {
    ...object,
    metadata:
      isNew && !finalizers.includes(protection)
        ? { ...metadata, finalizers: [...finalizers, protection] }
        : metadata,
    spec: { ...className, volumeMode: 'Filesystem', ...objectOr(object['spec']) },
    status: { phase: 'Pending', ...objectOr(object['status']) },
  };
}

/** The same for a PersistentVolume. */
export function withVolumeDefaults(object: JsonObject): JsonObject {
  const spec = {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
    ...objectOr(object['spec']),
  };
  return { ...object, spec, status: { phase: 'Available', ...objectOr(object['status']) } };
}
