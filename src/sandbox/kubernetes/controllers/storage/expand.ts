import { tell } from '../../events.js';
import { HetznerRefusal } from '../../hetzner-client.js';
import { objectOr, omit, valueAt, type JsonObject } from '../../json.js';
import { timestamp, type KubeObject } from '../../objects.js';
import { amountOf } from '../../quantity.js';
import type { KubeState } from '../../state.js';
import { phaseOf } from './claim-reading.js';
import {
  csiVolume,
  csiVolumesOf,
  driverName,
  placedPods,
  volumeNameOf,
  type CsiVolume,
} from './csi.js';
import { asRpc, type StorageDriver } from './driver.js';
import { sizeFor } from './provision.js';
import { proceed } from './task.js';

const claims = 'persistentvolumeclaims';
const by = `external-resizer ${driverName}`;

const capacityOf = (volume: KubeObject): number =>
  amountOf(valueAt(volume.spec, ['capacity', 'storage']));
const wantedBy = (claim: KubeObject): unknown =>
  valueAt(claim.spec, ['resources', 'requests', 'storage']);

/** Makes volumes larger whose claims ask for more (csi-resizer v2.1.0 with the driver's ControllerExpandVolume). */
export function expandVolumes(state: KubeState, driver: StorageDriver): void {
  for (const claim of state.store.list(claims)) {
    if (phaseOf(claim) !== 'Bound' || claim.metadata.deletionTimestamp !== undefined) continue;
    const object = state.store.get('persistentvolumes', volumeNameOf(claim));
    const volume = object && csiVolume(object);
    if (volume?.driver !== driverName || amountOf(wantedBy(claim)) <= capacityOf(volume.object)) {
      continue;
    }
    proceed(state, {
      ...{ key: `expand/${claim.metadata.uid}`, token: driver.token },
      step: () => expand(state, driver, { claim, volume }),
      failed: (error) => {
        const rpc =
          error instanceof HetznerRefusal ? asRpc(error, 'failed to expand volume') : error;
        const message = `resize volume "${volume.name}" by resizer "${driverName}" failed: ${rpc.message}`;
        tell(state, claim, { by, type: 'Warning', reason: 'VolumeResizeFailed', message });
        return undefined;
      },
    });
  }
}

interface Growth {
  readonly claim: KubeObject;
  readonly volume: CsiVolume;
}

function expand(
  state: KubeState,
  driver: StorageDriver,
  { claim, volume }: Growth,
): string | undefined {
  const size = sizeFor(amountOf(wantedBy(claim)));
  const present = driver.volume(volume.handle);
  if (Number(present?.['size'] ?? 0) < size) {
    const waits = 'waiting for an external controller to expand this PVC';
    tell(state, claim, { by: 'volume_expand', reason: 'ExternalExpanding', message: waits });
    const message = `External resizer is resizing volume ${volume.name}`;
    tell(state, claim, { by, reason: 'Resizing', message });
    mark(state, claim, { phase: 'ControllerResizeInProgress', condition: { type: 'Resizing' } });
    return driver.post(`/volumes/${volume.handle}/actions/resize`, { size });
  }
  const { object } = volume;
  const spec = { ...objectOr(object.spec), capacity: { storage: `${size}Gi` } };
  state.store.put('persistentvolumes', { ...object, spec });
  const message =
    'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';
  mark(state, claim, {
    phase: 'NodeResizePending',
    condition: { type: 'FileSystemResizePending', message },
  });
  const note = 'Require file system resize of volume on node';
  tell(state, claim, { by, reason: 'FileSystemResizeRequired', message: note });
  return undefined;
}

interface Mark {
  readonly phase: string;
  readonly condition: { readonly type: string; readonly message?: string };
}

function mark(state: KubeState, { metadata }: KubeObject, { phase, condition }: Mark): void {
  const claim = state.store.get(claims, metadata.name, metadata.namespace);
  if (!claim) return;
  const whole = {
    ...condition,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(state.now),
  };
  state.store.put(claims, {
    ...claim,
    status: {
      ...objectOr(claim.status),
      allocatedResourceStatuses: { storage: phase },
      allocatedResources: { storage: wantedBy(claim) },
      conditions: [whole],
    },
  });
}

/** Kubelets let the file systems of larger volumes grow, where pods run that use them. */
export function growFileSystems(state: KubeState): void {
  const grown = state.store.list(claims).filter((claim) => isGrown(claim));
  if (grown.length === 0) return;
  for (const pod of placedPods(state)) {
    const { nodeName: node = '' } = pod.spec;
    if (pod.status?.phase !== 'Running' || state.kubelets.get(node)?.alive !== true) continue;
    for (const { volume, claim } of csiVolumesOf(state, pod)) {
      if (!isGrown(claim)) continue;
      const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.name}" ${node}`;
      const note = { by: 'kubelet', host: node, reason: 'FileSystemResizeSuccessful', message };
      tell(state, pod, note);
      tell(state, claim, note);
      const { capacity } = objectOr(volume.object.spec);
      state.store.put(claims, { ...claim, status: { ...withoutResize(claim), capacity } });
    }
  }
}

function isGrown({ status }: KubeObject): boolean {
  return valueAt(status, ['allocatedResourceStatuses', 'storage']) === 'NodeResizePending';
}

function withoutResize({ status }: KubeObject): JsonObject {
  return omit(objectOr(status), ['allocatedResourceStatuses', 'conditions']);
}
