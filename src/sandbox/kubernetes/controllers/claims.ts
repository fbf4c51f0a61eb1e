import { tell, type Note } from '../events.js';
import { defaultClass } from '../claim-defaults.js';
import { hasFinalizer, removeFinalizer } from '../finalizers.js';
import { listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import { timestamp, type KubeObject, type Labels } from '../objects.js';
import { amountOf } from '../quantity.js';
import type { KubeState } from '../state.js';
import { isFinished, type KubeNode, type Pod } from '../workloads.js';
import {
  claimsOf,
  classNameOf,
  classOf,
  phaseOf,
  selectedNode,
  storageProvisioner,
} from './storage/claim-reading.js';
import { checkLoss, reconcileVolume } from './storage/volume-phases.js';

const claims = 'persistentvolumeclaims';
const volumes = 'persistentvolumes';
const protection = 'kubernetes.io/pvc-protection';
const by = 'persistentvolume-controller';

/** Binds claims to volumes that exist, says of the others what they wait for, and lets unused ones go. */
export function reconcileClaims(state: KubeState): void {
  for (const claim of state.store.list(claims)) {
    if (claim.metadata.deletionTimestamp !== undefined) release(state, claim);
    else if (phaseOf(claim) === 'Pending') bind(state, claim);
    else if (phaseOf(claim) === 'Bound') checkLoss(state, claim);
  }
  for (const volume of state.store.list(volumes)) reconcileVolume(state, volume);
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
    annotate(state, claim, { [selectedNode]: node.metadata.name });
  }
  return open.length > 0;
}

function annotate(state: KubeState, claim: KubeObject, added: Labels): KubeObject {
  const annotations = { ...claim.metadata.annotations, ...added };
  return state.store.put(claims, { ...claim, metadata: { ...claim.metadata, annotations } });
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

const byController = 'pv.kubernetes.io/bound-by-controller';

/** A claim that names no class gets the default one, also when that came later. */
function withClass(state: KubeState, claim: KubeObject): KubeObject {
  if (objectOr(claim.spec)['storageClassName'] !== undefined) return claim;
  const storageClassName = defaultClass(state);
  if (storageClassName === undefined) return claim;
  return state.store.put(claims, { ...claim, spec: { ...objectOr(claim.spec), storageClassName } });
}

function bind(state: KubeState, unclassed: KubeObject): void {
  const claim = withClass(state, unclassed);
  const volume = state.store.list(volumes).find((candidate) => suits(candidate, claim));
  if (!volume) {
    const note = waiting(state, claim);
    const provisioner = stringOr(classOf(state, claim)?.['provisioner']);
    const asked = {
      'volume.beta.kubernetes.io/storage-provisioner': provisioner,
      [storageProvisioner]: provisioner,
    };
    const isExternal = note.reason === 'ExternalProvisioning';
    tell(state, isExternal ? annotate(state, claim, asked) : claim, note);
    return;
  }
  const { name, namespace, uid } = claim.metadata;
  const { accessModes, capacity } = objectOr(volume.spec);
  const { claimRef: before } = objectOr(volume.spec);
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid };
  const annotations = before ? {} : { [byController]: 'yes' };
  state.store.put(volumes, {
    ...volume,
    metadata: {
      ...volume.metadata,
      annotations: { ...volume.metadata.annotations, ...annotations },
    },
    spec: { ...objectOr(volume.spec), claimRef: { ...objectOr(before), ...claimRef } },
    status: { phase: 'Bound', lastPhaseTransitionTime: timestamp(state.now) },
  });
  const isOwn = objectOr(claim.spec)['volumeName'] === undefined;
  const bound = annotate(state, claim, {
    'pv.kubernetes.io/bind-completed': 'yes',
    ...(isOwn ? { [byController]: 'yes' } : {}),
  });
  state.store.put(claims, {
    ...bound,
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
  removeFinalizer(state, { resource: claims, object: claim }, protection);
}
