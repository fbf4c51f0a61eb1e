import { objectOr, stringOr, valueAt, type JsonObject } from '../../json.js';
import type { KubeObject, Labels } from '../../objects.js';
import type { Draft, KubeState } from '../../state.js';
import { driverName, locationKey } from './csi.js';

/** What a volume is ordered with. */
export interface Order {
  readonly name: string;
  readonly size: number;
  readonly location: string;
  readonly labels: Labels;
}

const own = 'csi.storage.k8s.io/';
const longest = 63;

/** The labels of a claim's volume; long values lose their beginning (internal/driver/controller.go). */
export function labelsOf(
  { metadata }: KubeObject,
  extra: Labels,
  storageClass: KubeObject | undefined,
): Labels {
  const { name, namespace = '', uid } = metadata;
  const wanted = stringOr(valueAt(storageClass?.['parameters'], ['labels']));
  const pairs = wanted.split(',').filter(Boolean);
  const all = {
    'managed-by': 'csi-driver',
    ...extra,
    ...{ 'pvc-name': name, 'pvc-namespace': namespace, 'pv-name': `pvc-${uid}` },
    ...Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string])),
  };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key,
      value.length > longest ? value.slice(-longest).replace(/^[^A-Za-z0-9]+/, '') : value,
    ]),
  );
}

interface Made {
  readonly claim: KubeObject;
  readonly volume: JsonObject;
  readonly storageClass: KubeObject | undefined;
}

/** The PersistentVolume of a volume that was made for a claim (csi-provisioner, pkg/controller/controller.go). */
export function volumeOfClaim(state: KubeState, made: Made): Draft<KubeObject> {
  const { claim, volume, storageClass } = made;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const { accessModes, storageClassName, volumeMode } = objectOr(claim.spec);
  const mountOptions = storageClass?.['mountOptions'];
  const location = stringOr(valueAt(volume, ['location', 'name']));
  const erased = 'volume.kubernetes.io/provisioner-deletion-secret-name';
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: {
        'pv.kubernetes.io/provisioned-by': driverName,
        [erased]: '',
        [`${erased}space`]: '',
      },
      finalizers: [provisionerFinalizer, 'kubernetes.io/pv-protection'],
    },
    spec: {
      accessModes,
      capacity: { storage: `${String(volume['size'])}Gi` },
      claimRef: {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace },
        ...{ resourceVersion, uid },
      },
      csi: csiSource(state, made),
      ...(mountOptions === undefined ? {} : { mountOptions }),
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: locationKey, operator: 'In', values: [location] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: stringOr(storageClass?.['reclaimPolicy'], 'Delete'),
      storageClassName,
      volumeMode,
    },
    status: { phase: 'Available' },
  };
}

export const provisionerFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';

function csiSource({ now }: KubeState, { claim, volume, storageClass }: Made): JsonObject {
  const parameters = objectOr(storageClass?.['parameters']);
  const isBlock = valueAt(claim.spec, ['volumeMode']) === 'Block';
  const secret = secretOf(parameters, claim);
  return {
    driver: driverName,
    ...(isBlock ? {} : { fsType: stringOr(parameters[`${own}fstype`], 'ext4') }),
    ...(secret ? { nodePublishSecretRef: secret } : {}),
    volumeAttributes: {
      fsFormatOptions: stringOr(parameters['fsFormatOptions']),
      'storage.kubernetes.io/csiProvisionerIdentity': `${now}-1-${driverName}`,
    },
    volumeHandle: String(volume['id']),
  };
}

/** The Secret that a class names for its volumes, of which names may hold those of the claim. */
function secretOf(parameters: JsonObject, { metadata }: KubeObject): JsonObject | undefined {
  const filled = (key: string): string =>
    stringOr(parameters[`${own}node-publish-secret-${key}`])
      .replaceAll('${pvc.name}', metadata.name)
      .replaceAll('${pvc.namespace}', metadata.namespace ?? '')
      .replaceAll('${pv.name}', `pvc-${metadata.uid}`);
  const [name, namespace] = [filled('name'), filled('namespace')];
  return name === '' ? undefined : { name, namespace };
}
