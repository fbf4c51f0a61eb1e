import { tell, type Note } from '../../events.js';
import { HetznerRefusal } from '../../hetzner-client.js';
import { isObject, listOr, objectOr, stringOr, valueAt, type JsonObject } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import { amountOf } from '../../quantity.js';
import type { KubeState } from '../../state.js';
import { classOf, phaseOf, selectedNode, storageProvisioner } from './claim-reading.js';
import { csiNodes, driverName, locationKey } from './csi.js';
import { asRpc, RpcError, type StorageDriver } from './driver.js';
import { proceed, tasksOf } from './task.js';
import { labelsOf, volumeOfClaim, type Order } from './volume-form.js';

const claims = 'persistentvolumeclaims';

/** Makes volumes for claims (csi-provisioner v6.2.0 with the driver's CreateVolume). */
export function provisionClaims(state: KubeState, driver: StorageDriver): void {
  const open = state.store.list(claims).filter((claim) => isAsked(state, claim));
  for (const claim of open) {
    const { uid } = claim.metadata;
    proceed(state, {
      ...{ key: `provision/${uid}`, token: driver.token },
      step: () => provision(state, driver, claim),
      failed: (error) => {
        const told = tellFailure(state, driver, { claim, error });
        state.memory.delete(orderKey(uid));
        return told;
      },
    });
  }
  const uids = new Set(state.store.list(claims).map(({ metadata }) => metadata.uid));
  for (const uid of tasksOf(state, 'provision')) if (!uids.has(uid)) drop(state, driver, uid);
}

const orderKey = (uid: string): string => `csi/order/${uid}`;

function isAsked(state: KubeState, claim: KubeObject): boolean {
  const { annotations = {}, deletionTimestamp } = claim.metadata;
  const mode = classOf(state, claim)?.['volumeBindingMode'];
  return (
    deletionTimestamp === undefined &&
    phaseOf(claim) === 'Pending' &&
    stringOr(valueAt(claim.spec, ['volumeName'])) === '' &&
    annotations[storageProvisioner] === driverName &&
    (mode !== 'WaitForFirstConsumer' || annotations[selectedNode] !== undefined) &&
    !state.store.get('persistentvolumes', `pvc-${claim.metadata.uid}`)
  );
}

function provision(state: KubeState, driver: StorageDriver, claim: KubeObject): string | undefined {
  const { name, namespace = '', uid } = claim.metadata;
  const ordered = state.memory.get(orderKey(uid));
  if (ordered === undefined) {
    const message = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
    tell(state, claim, { by: driver.provisioner, reason: 'Provisioning', message });
    const order = orderOf(state, driver, claim);
    state.memory.set(orderKey(uid), JSON.stringify(order));
    return create(driver, order);
  }
  const volume = madeFor(driver, JSON.parse(ordered) as Order);
  state.memory.delete(orderKey(uid));
  const form = volumeOfClaim(state, { claim, volume, storageClass: classOf(state, claim) });
  const stored = state.create<KubeObject>('persistentvolumes', form);
  const message = `Successfully provisioned volume ${stored.metadata.name}`;
  tell(state, claim, { by: driver.provisioner, reason: 'ProvisioningSucceeded', message });
  return undefined;
}

/** What Hetzner is asked for. */
function orderOf(state: KubeState, driver: StorageDriver, claim: KubeObject): Order {
  const location = locationFor(state, claim);
  listOr(valueAt(claim.spec, ['accessModes'])).forEach((mode, index) => {
    if (mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod') return;
    throw new RpcError('InvalidArgument', `capability at index ${index} is not supported`);
  });
  const bytes = amountOf(valueAt(claim.spec, ['resources', 'requests', 'storage']));
  return {
    name: `pvc-${claim.metadata.uid}`,
    size: sizeFor(bytes),
    location,
    labels: labelsOf(claim, driver.extraLabels, classOf(state, claim)),
  };
}

/** Whole gibibytes, ten at least (internal/driver/helper.go). */
export function sizeFor(bytes: number): number {
  return Math.max(10, Math.ceil(bytes / 1024 ** 3));
}

/** Where the chosen node is; for a claim that waits for none, where any node is. */
function locationFor(state: KubeState, claim: KubeObject): string {
  const chosen = claim.metadata.annotations?.[selectedNode];
  const refuse = (why: string): never => {
    throw new Error(`error generating accessibility requirements: ${why}`);
  };
  const locations = state.store.list(csiNodes).flatMap(({ metadata, spec }) => {
    if (chosen !== undefined && metadata.name !== chosen) return [];
    const drivers = listOr(valueAt(spec, ['drivers'])).filter(isObject);
    if (!drivers.some(({ name }) => name === driverName)) return [];
    const node = state.store.get('nodes', metadata.name);
    return node?.metadata.labels?.[locationKey] ?? [];
  });
  const [location] = locations;
  if (location !== undefined) return location;
  return chosen === undefined
    ? refuse('no available topology found')
    : refuse(`no topology key found on CSINode ${chosen}`);
}

function create(driver: StorageDriver, order: Order): string | undefined {
  try {
    return driver.post('/volumes', { ...order });
  } catch (error) {
    if (!(error instanceof HetznerRefusal)) throw error;
    // It was made before, and nobody heard of it.
    if (error.code === 'uniqueness_error' && find(driver, order.name)) return undefined;
    throw asRpc(error, 'failed to create volume');
  }
}

function find(driver: StorageDriver, name: string): JsonObject | undefined {
  const answer = driver.get(`/volumes?name=${encodeURIComponent(name)}`);
  return listOr(answer['volumes']).map(objectOr)[0];
}

function madeFor(driver: StorageDriver, order: Order): JsonObject {
  const volume = find(driver, order.name);
  const location = stringOr(valueAt(volume, ['location', 'name']));
  if (volume && Number(volume['size']) >= order.size && location === order.location) return volume;
  throw new RpcError('AlreadyExists', 'failed to create volume: volume does already exist');
}

function tellFailure(
  state: KubeState,
  driver: StorageDriver,
  { claim, error }: { readonly claim: KubeObject; readonly error: Error },
): { first: number; last: number } | undefined {
  const why = error instanceof HetznerRefusal ? asRpc(error, 'failed to create volume') : error;
  const isHopeless = why instanceof RpcError && why.code === 'InvalidArgument';
  const before = isHopeless
    ? 'Volume provisioning failed with infeasible error. Retries will be delayed. '
    : '';
  const note: Note = {
    by: driver.provisioner,
    type: 'Warning',
    reason: 'ProvisioningFailed',
    message: before + why.message,
  };
  tell(state, claim, note);
  return isHopeless ? { first: 300_000, last: 300_000 } : undefined;
}

/** The claim went while its volume was made: the provisioner removes it again. */
function drop(state: KubeState, driver: StorageDriver, uid: string): void {
  proceed(state, {
    ...{ key: `provision/${uid}`, token: driver.token },
    step: () => {
      const made = state.memory.has(orderKey(uid)) ? find(driver, `pvc-${uid}`) : undefined;
      if (made) driver.remove(String(made['id']));
      state.memory.delete(orderKey(uid));
      return undefined;
    },
    failed: () => undefined,
  });
}
