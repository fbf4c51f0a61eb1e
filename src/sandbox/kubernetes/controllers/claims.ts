import { tell, type Note } from '../events.js';
import { hasFinalizer, removeFinalizer } from '../finalizers.js';
import { listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import type { KubeObject } from '../objects.js';
import { amountOf } from '../quantity.js';
import type { KubeState } from '../state.js';
import { isFinished, type KubeNode, type Pod } from '../workloads.js';

const claims = 'persistentvolumeclaims';
const volumes = 'persistentvolumes';
const selectedNode = 'volume.kubernetes.io/selected-node';
const protection = 'kubernetes.io/pvc-protection';

/** Binds claims to volumes that exist, says of the others what they wait for, and lets unused ones go. */
export function reconcileClaims(state: KubeState): void {
  for (const claim of state.store.list(claims)) {
    if (claim.metadata.deletionTimestamp !== undefined) release(state, claim);
    else if (phaseOf(claim) !== 'Bound') bind(state, claim);
  }
}

/** What of a pod's claims keeps it from being scheduled; undefined when nothing does. */
export function claimRefusal(state: KubeState, pod: Pod): string | undefined {
  const names = claimsOf(pod);
  for (const name of names) {
    const claim = state.store.get(claims, name, pod.metadata.namespace);
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (phaseOf(claim) === 'Bound') continue;
    // One that waits for its first pod is made when that pod has a node.
    if (classOf(state, claim)?.['volumeBindingMode'] !== 'WaitForFirstConsumer') {
      return 'pod has unbound immediate PersistentVolumeClaims';
    }
  }
  return undefined;
}

/**
 * Asks for the volumes that are made only when a pod's node is known; the pod has no node until
 * they are there.
 */
export function awaitsVolumes(state: KubeState, pod: Pod, node: KubeNode): boolean {
  const open = claimsOf(pod).flatMap((name) => {
    const claim = state.store.get(claims, name, pod.metadata.namespace);
    return claim && phaseOf(claim) !== 'Bound' ? [claim] : [];
  });
  for (const claim of open) {
    if (isWanted(claim)) continue;
    const provisioner = stringOr(classOf(state, claim)?.['provisioner']);
    const annotations = {
      ...claim.metadata.annotations,
      [selectedNode]: node.metadata.name,
      'volume.beta.kubernetes.io/storage-provisioner': provisioner,
      'volume.kubernetes.io/storage-provisioner': provisioner,
    };
    state.store.put(claims, { ...claim, metadata: { ...claim.metadata, annotations } });
  }
  return open.length > 0;
}

function isWanted({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[selectedNode] !== undefined;
}

/** Whether all claims of a pod have their volumes. */
export function hasVolumes(state: KubeState, pod: Pod): boolean {
  return claimsOf(pod).every((name) => {
    const claim = state.store.get(claims, name, pod.metadata.namespace);
    return claim !== undefined && phaseOf(claim) === 'Bound';
  });
}

function claimsOf({ spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

function phaseOf({ status }: KubeObject): string {
  return stringOr(objectOr(status)['phase'], 'Pending');
}

function classNameOf({ spec }: KubeObject): string {
  return stringOr(objectOr(spec)['storageClassName']);
}

function classOf(state: KubeState, claim: KubeObject): KubeObject | undefined {
  return state.store.get('storageclasses.storage.k8s.io', classNameOf(claim));
}

function bind(state: KubeState, claim: KubeObject): void {
  const volume = state.store.list(volumes).find((candidate) => suits(candidate, claim));
  if (!volume) {
    tell(state, claim, waiting(state, claim));
    return;
  }
  const { name, namespace, uid } = claim.metadata;
  const { accessModes, capacity } = objectOr(volume.spec);
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid };
  state.store.put(volumes, {
    ...volume,
    spec: { ...objectOr(volume.spec), claimRef },
    status: { phase: 'Bound' },
  });
  state.store.put(claims, {
    ...claim,
    spec: { ...objectOr(claim.spec), volumeName: volume.metadata.name },
    status: { phase: 'Bound', accessModes, capacity },
  });
}

function suits(volume: KubeObject, claim: KubeObject): boolean {
  const has = objectOr(volume.spec);
  const wants = objectOr(claim.spec);
  const reference = objectOr(has['claimRef']);
  const { name, namespace, uid } = claim.metadata;
  const isFree =
    has['claimRef'] === undefined ||
    (reference['name'] === name &&
      reference['namespace'] === namespace &&
      (reference['uid'] === undefined || reference['uid'] === uid));
  const wanted = wants['volumeName'];
  const size = (object: JsonObject, ...path: string[]): number =>
    amountOf(path.reduce<JsonObject>((inner, field) => objectOr(inner[field]), object)['storage']);
  return (
    isFree &&
    volume.metadata.deletionTimestamp === undefined &&
    (wanted === undefined || wanted === '' || wanted === volume.metadata.name) &&
    classNameOf(volume) === classNameOf(claim) &&
    size(has, 'capacity') >= size(wants, 'resources', 'requests') &&
    listOr(wants['accessModes']).every((mode) => listOr(has['accessModes']).includes(mode))
  );
}

// Kubernetes source, pkg/controller/volume/persistentvolume/pv_controller.go
function waiting(state: KubeState, claim: KubeObject): Note {
  const by = 'persistentvolume-controller';
  const className = classNameOf(claim);
  const found = classOf(state, claim);
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { by, reason: 'FailedBinding', message, lasting: true };
  }
  if (!found) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return { by, type: 'Warning', reason: 'ProvisioningFailed', message };
  }
  if (found['volumeBindingMode'] === 'WaitForFirstConsumer' && !isWanted(claim)) {
    const message = 'waiting for first consumer to be created before binding';
    return { by, reason: 'WaitForFirstConsumer', message, lasting: true };
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${stringOr(found['provisioner'])}' ` +
    'or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  return { by, reason: 'ExternalProvisioning', message, lasting: true };
}

/** A claim that a running pod uses stays until that pod is gone. */
function release(state: KubeState, claim: KubeObject): void {
  const isUsed = state.store
    .list('pods', claim.metadata.namespace)
    .some(
      (pod) =>
        pod.spec.nodeName !== undefined &&
        !isFinished(pod) &&
        claimsOf(pod).includes(claim.metadata.name),
    );
  if (isUsed || !hasFinalizer(claim, protection)) return;
  const bound = state.store.list(volumes).find(({ spec }) => {
    return objectOr(objectOr(spec)['claimRef'])['uid'] === claim.metadata.uid;
  });
  if (bound) state.store.put(volumes, { ...bound, status: { phase: 'Released' } });
  removeFinalizer(state, { resource: claims, object: claim }, protection);
}
