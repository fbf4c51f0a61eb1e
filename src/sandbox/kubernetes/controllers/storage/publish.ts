import { HetznerRefusal } from '../../hetzner-client.js';
import { hasFinalizer, removeFinalizer } from '../../finalizers.js';
import { objectOr, omit, stringOr } from '../../json.js';
import { timestamp, type KubeObject } from '../../objects.js';
import type { KubeState } from '../../state.js';
import { nodeOf, tellWaiting, volumeOf } from './attach-detach.js';
import { attachments, csiVolume, driverName, nodeDriver, type CsiVolume } from './csi.js';
import { asRpc, RpcError, type StorageDriver } from './driver.js';
import { proceed } from './task.js';

export const attacherFinalizer = 'external-attacher/csi-hetzner-cloud';
const nodeId = 'csi.alpha.kubernetes.io/node-id';

/** Attaches and detaches volumes (csi-attacher v4.11.0 with the driver's ControllerPublishVolume). */
export function publishVolumes(state: KubeState, driver: StorageDriver): void {
  for (const attachment of state.store.list(attachments)) {
    const { attacher } = objectOr(attachment.spec);
    const { uid, deletionTimestamp } = attachment.metadata;
    if (attacher !== driverName) continue;
    const isAttached = objectOr(attachment.status)['attached'] === true;
    const isWanted = deletionTimestamp === undefined;
    if (isWanted && isAttached) continue;
    proceed(state, {
      ...{ key: `${isWanted ? 'attach' : 'detach'}/${uid}`, token: driver.token },
      step: () => (isWanted ? attach : detach)(state, driver, attachment),
      failed: (error) => {
        const what = isWanted ? 'failed to publish volume' : 'failed to unpublish volume';
        const why = error instanceof HetznerRefusal ? asRpc(error, what).message : error.message;
        keepError(state, attachment, { field: isWanted ? 'attachError' : 'detachError', why });
        if (isWanted) tellWaiting(state, attachment, why);
        return undefined;
      },
    });
  }
}

function attach(
  state: KubeState,
  driver: StorageDriver,
  attachment: KubeObject,
): string | undefined {
  const node = nodeOf(attachment);
  const volume = held(state, attachment);
  const server = stringOr(nodeDriver(state, node, driverName)?.['nodeID']);
  if (server === '') {
    throw new Error(`CSINode ${node} does not contain driver ${driverName}`);
  }
  hold(state, attachment, server);
  const present = driver.volume(volume.handle);
  const refuse = (code: ConstructorParameters<typeof RpcError>[0], why: string): never => {
    throw new RpcError(code, `failed to publish volume: ${why}`);
  };
  if (!present) return refuse('NotFound', 'volume not found');
  if (present['server'] === null) return begin(driver, volume, Number(server));
  if (present['server'] !== Number(server)) {
    return refuse('FailedPrecondition', 'volume is attached');
  }
  const current = state.store.get(attachments, attachment.metadata.name) ?? attachment;
  const attachmentMetadata = { devicePath: present['linux_device'] };
  state.store.put(attachments, { ...current, status: { attached: true, attachmentMetadata } });
  tellWaiting(state, attachment, undefined);
  return undefined;
}

function begin(driver: StorageDriver, { handle }: CsiVolume, server: number): string {
  try {
    return driver.post(`/volumes/${handle}/actions/attach`, { server });
  } catch (error) {
    const code = error instanceof HetznerRefusal ? error.code : '';
    if (code === 'limit_exceeded_error') {
      const why = 'max number of attachments per server reached';
      throw new RpcError('ResourceExhausted', `failed to publish volume: ${why}`);
    }
    if (code !== 'not_found') throw error;
    throw new RpcError('NotFound', 'failed to publish volume: server not found');
  }
}

/** The volume of an attachment, which from now on stays until it is detached. */
function held(state: KubeState, attachment: KubeObject): CsiVolume {
  const name = volumeOf(attachment);
  const object = state.store.get('persistentvolumes', name);
  const volume = object && csiVolume(object);
  if (!object || !volume) throw new Error(`persistentvolume "${name}" not found`);
  if (object.metadata.deletionTimestamp !== undefined) {
    throw new Error(`PersistentVolume "${name}" is marked for deletion`);
  }
  addFinalizer(state, 'persistentvolumes', object);
  return volume;
}

function hold(state: KubeState, attachment: KubeObject, server: string): void {
  const { metadata } = attachment;
  const annotations = { ...metadata.annotations, [nodeId]: server };
  addFinalizer(state, attachments, { ...attachment, metadata: { ...metadata, annotations } });
}

function addFinalizer(state: KubeState, resource: string, object: KubeObject): void {
  const { metadata } = object;
  const finalizers = hasFinalizer(object, attacherFinalizer)
    ? metadata.finalizers
    : [...(metadata.finalizers ?? []), attacherFinalizer];
  state.store.put(resource, {
    ...object,
    metadata: { ...metadata, ...(finalizers ? { finalizers } : {}) },
  });
}

function detach(
  state: KubeState,
  driver: StorageDriver,
  attachment: KubeObject,
): string | undefined {
  const object = state.store.get('persistentvolumes', volumeOf(attachment));
  const handle = object && csiVolume(object)?.handle;
  const server = attachment.metadata.annotations?.[nodeId];
  const present = handle === undefined ? undefined : driver.volume(handle);
  if (present && server !== undefined && present['server'] === Number(server)) {
    return driver.post(`/volumes/${String(handle)}/actions/detach`, {});
  }
  state.memory.delete(`csi/attach/${attachment.metadata.uid}`);
  removeFinalizer(state, { resource: attachments, object: attachment }, attacherFinalizer);
  return undefined;
}

function keepError(
  state: KubeState,
  { metadata }: KubeObject,
  { field, why }: { readonly field: string; readonly why: string },
): void {
  const current = state.store.get(attachments, metadata.name);
  if (!current) return;
  const status = omit(objectOr(current.status), [field]);
  const error = { message: why, time: timestamp(state.now) };
  state.store.put(attachments, { ...current, status: { ...status, [field]: error } });
}
