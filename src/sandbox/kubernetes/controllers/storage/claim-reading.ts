import { objectOr, stringOr } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import type { KubeState } from '../../state.js';
import type { Pod } from '../../workloads.js';

export const selectedNode = 'volume.kubernetes.io/selected-node';
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner';

/** The names of a pod's claims. */
export function claimsOf({ spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

export function phaseOf({ status }: KubeObject): string {
  return stringOr(objectOr(status)['phase'], 'Pending');
}

export function classNameOf({ spec }: KubeObject): string {
  return stringOr(objectOr(spec)['storageClassName']);
}

export function classOf(state: KubeState, claim: KubeObject): KubeObject | undefined {
  return state.store.get('storageclasses.storage.k8s.io', classNameOf(claim));
}
