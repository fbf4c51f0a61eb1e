import { createHash } from 'node:crypto';
import { listOr, objectOr, stringOr, valueAt, type JsonObject } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import type { KubeState } from '../../state.js';
import { isFinished, type Pod } from '../../workloads.js';
import { claimsOf, phaseOf } from './claim-reading.js';

export const attachments = 'volumeattachments.storage.k8s.io';
export const csiNodes = 'csinodes.storage.k8s.io';

/** Hetzner's driver (hetznercloud/csi-driver v2.22.1, internal/driver/driver.go). */
export const driverName = 'csi.hetzner.cloud';
export const locationKey = 'csi.hetzner.cloud/location';
export const volumesPerNode = 16;

/** A PersistentVolume of a storage driver. */
export interface CsiVolume {
  readonly object: KubeObject;
  readonly name: string;
  readonly driver: string;
  readonly handle: string;
  /** What a node needs to mount it. */
  readonly secret: { readonly name: string; readonly namespace: string } | undefined;
  /** It may be used on several nodes at once. */
  readonly isShared: boolean;
}

export function csiVolume(object: KubeObject): CsiVolume | undefined {
  const csi = objectOr(valueAt(object.spec, ['csi']));
  if (csi['driver'] === undefined) return undefined;
  const { name, namespace } = objectOr(csi['nodePublishSecretRef']);
  const modes = listOr(valueAt(object.spec, ['accessModes']));
  return {
    ...{ object, name: object.metadata.name },
    ...{ driver: stringOr(csi['driver']), handle: stringOr(csi['volumeHandle']) },
    secret:
      name === undefined ? undefined : { name: stringOr(name), namespace: stringOr(namespace) },
    isShared: modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany'),
  };
}

/** The volumes of drivers that a pod's claims are bound to, with the names that the pod gives them. */
export function csiVolumesOf(
  state: KubeState,
  pod: Pod,
): { readonly volume: CsiVolume; readonly claim: KubeObject }[] {
  return claimsOf(pod).flatMap((name) => {
    const claim = state.store.get('persistentvolumeclaims', name, pod.metadata.namespace);
    if (!claim || phaseOf(claim) !== 'Bound') return [];
    const object = state.store.get('persistentvolumes', volumeNameOf(claim));
    const volume = object && csiVolume(object);
    return volume ? [{ volume, claim }] : [];
  });
}

export function volumeNameOf({ spec }: KubeObject): string {
  return stringOr(valueAt(spec, ['volumeName']));
}

/** Pods that have a node and are not done: their volumes are wanted there. */
export function placedPods(state: KubeState): Pod[] {
  return state.store
    .list('pods')
    .filter((pod) => pod.spec.nodeName !== undefined && !isFinished(pod));
}

/** Kubernetes source, pkg/volume/csi/csi_attacher.go, getAttachmentName. */
export function attachmentName({ handle, driver }: CsiVolume, node: string): string {
  return `csi-${createHash('sha256').update(`${handle}${driver}${node}`).digest('hex')}`;
}

/** What a node's kubelet has registered of a driver. */
export function nodeDriver(state: KubeState, node: string, driver: string): JsonObject | undefined {
  const drivers = valueAt(state.store.get(csiNodes, node)?.spec, ['drivers']);
  return listOr(drivers)
    .map(objectOr)
    .find(({ name }) => name === driver);
}
