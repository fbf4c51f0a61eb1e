import { deleteObject } from '../../deletes.js';
import { tell } from '../../events.js';
import { hasFinalizer, removeFinalizer } from '../../finalizers.js';
import { HetznerRefusal } from '../../hetzner-client.js';
import { objectOr } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import { builtinType } from '../../resources.js';
import type { KubeState } from '../../state.js';
import { phaseOf } from './claim-reading.js';
import { nodeOf, volumeOf } from './attach-detach.js';
import { attachments, csiVolume, driverName, type CsiVolume } from './csi.js';
import { asRpc, type StorageDriver } from './driver.js';
import { attacherFinalizer } from './publish.js';
import { proceed } from './task.js';
import { provisionerFinalizer } from './volume-form.js';

const volumes = 'persistentvolumes';

/** Deletes the volumes of claims that are gone, where their policy says so, and lets their objects go. */
export function reclaimVolumes(state: KubeState, driver: StorageDriver): void {
  for (const object of state.store.list(volumes)) {
    const volume = csiVolume(object);
    if (volume?.driver !== driverName) continue;
    if (isReclaimed(object)) {
      proceed(state, {
        ...{ key: `delete/${object.metadata.uid}`, token: driver.token },
        step: () => remove(state, driver, volume),
        failed: (error) => {
          const isOwn = error instanceof HetznerRefusal;
          const message = isOwn ? asRpc(error).message : error.message;
          const note = { type: 'Warning', reason: 'VolumeFailedDelete', message } as const;
          tell(state, object, { by: driver.provisioner, ...note });
          return undefined;
        },
      });
    }
    letGo(state, object.metadata.name);
  }
}

function isReclaimed(object: KubeObject): boolean {
  const isDone = object.metadata.deletionTimestamp !== undefined;
  return (
    phaseOf(object) === 'Released' &&
    objectOr(object.spec)['persistentVolumeReclaimPolicy'] === 'Delete' &&
    (!isDone || hasFinalizer(object, provisionerFinalizer))
  );
}

function userOf(state: KubeState, name: string): KubeObject | undefined {
  return state.store.list(attachments).find((item) => volumeOf(item) === name);
}

function remove(
  state: KubeState,
  driver: StorageDriver,
  { object, name, handle }: CsiVolume,
): string | undefined {
  const attachment = userOf(state, name);
  if (attachment) {
    throw new Error(`persistentvolume ${name} is still attached to node ${nodeOf(attachment)}`);
  }
  const present = driver.volume(handle);
  if (present && present['server'] !== null) {
    return driver.post(`/volumes/${handle}/actions/detach`, {});
  }
  if (present) driver.remove(handle);
  deleteObject(state, { type: builtinType(volumes), object });
  const marked = state.store.get(volumes, name);
  if (marked) removeFinalizer(state, { resource: volumes, object: marked }, provisionerFinalizer);
  return undefined;
}

/** The attacher's finalizer goes when nothing is attached any more. */
function letGo(state: KubeState, name: string): void {
  const object = state.store.get(volumes, name);
  if (object?.metadata.deletionTimestamp === undefined) return;
  if (!hasFinalizer(object, attacherFinalizer) || userOf(state, name)) return;
  removeFinalizer(state, { resource: volumes, object }, attacherFinalizer);
}
