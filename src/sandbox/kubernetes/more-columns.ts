import { ageOf } from './cells.js';
import {
  accessModes,
  at,
  balancerAddresses,
  claimOf,
  containers,
  countOf,
  endpointTexts,
  eventObject,
  eventSource,
  ingressHosts,
  lastSeen,
  metricTargets,
  quotaUse,
  roleOf,
  scaleTarget,
  selectorAt,
  sliceEndpoints,
  slicePorts,
  subjects,
} from './column-cells.js';
import { listOr, stringOr, valueAt } from './json.js';
import type { KubeObject } from './objects.js';
import { apiAvailability, apiServer, requestCondition } from './request-cells.js';

/** What a column shows of an object at a time. */
type Cell = (object: KubeObject, now: number) => string | number;

/** A column: its name, `(wide)` behind it when only `-o wide` shows it. */
export type CellColumn = readonly [name: string, cell: Cell];

const age: CellColumn = ['Age', (object, now) => ageOf(object.metadata.creationTimestamp, now)];
const createdAt: CellColumn = ['Created At', (object) => object.metadata.creationTimestamp];
const binding: readonly CellColumn[] = [
  ['Role', roleOf],
  age,
  ['Users (wide)', subjects('User')],
  ['Groups (wide)', subjects('Group')],
  ['ServiceAccounts (wide)', subjects('ServiceAccount')],
];
const webhooks: readonly CellColumn[] = [['Webhooks', countOf('webhooks')], age];
const since = (path: string): Cell => {
  const text = at(path);
  return (object, now) => (text(object) === '' ? '<none>' : ageOf(text(object), now));
};

/** The columns after the name, of kinds that the simulation stores more than it acts on them. */
export const moreColumns: Readonly<Record<string, readonly CellColumn[]>> = {
  APIService: [['Service', apiServer], ['Available', apiAvailability], age],
  CertificateSigningRequest: [
    age,
    ['SignerName', at('spec.signerName', '<none>')],
    ['Requestor', at('spec.username')],
    ['RequestedDuration', () => '<none>'],
    ['Condition', requestCondition],
  ],
  ClusterRole: [createdAt],
  ClusterRoleBinding: binding,
  ComponentStatus: [
    ['Status', () => 'Healthy'],
    ['Message', () => 'ok'],
    ['Error', () => ''],
  ],
  ControllerRevision: [
    ['Controller', (object) => ownerText(object)],
    ['Revision', at('revision')],
    age,
  ],
  CronJob: [
    ['Schedule', at('spec.schedule')],
    ['Timezone', at('spec.timeZone', '<none>')],
    ['Suspend', (object) => (valueAt(object.spec, ['suspend']) === true ? 'True' : 'False')],
    ['Active', countOf('status.active')],
    ['Last Schedule', since('status.lastScheduleTime')],
    age,
    ['Containers (wide)', containers('name', 'spec.jobTemplate.spec.template.spec.containers')],
    ['Images (wide)', containers('image', 'spec.jobTemplate.spec.template.spec.containers')],
    ['Selector (wide)', () => '<none>'],
  ],
  CSIDriver: [
    ['AttachRequired', at('spec.attachRequired', 'true')],
    ['PodInfoOnMount', at('spec.podInfoOnMount', 'false')],
    ['StorageCapacity', at('spec.storageCapacity', 'false')],
    ['TokenRequests', () => '<unset>'],
    ['RequiresRepublish', at('spec.requiresRepublish', 'false')],
    ['Modes', at('spec.volumeLifecycleModes', 'Persistent')],
    age,
  ],
  CSINode: [['Drivers', countOf('spec.drivers')], age],
  Endpoints: [['Endpoints', endpointTexts], age],
  EndpointSlice: [
    ['AddressType', at('addressType')],
    ['Ports', slicePorts],
    ['Endpoints', sliceEndpoints],
    age,
  ],
  Event: [
    ['Last Seen', lastSeen],
    ['Type', at('type')],
    ['Reason', at('reason')],
    ['Object', eventObject],
    ['Subobject (wide)', at('involvedObject.fieldPath')],
    ['Source (wide)', eventSource],
    ['Message', (object) => at('message')(object).trim()],
    ['First Seen (wide)', (object, now) => ageOf(object.metadata.creationTimestamp, now)],
    ['Count (wide)', at('count', '1')],
    ['Name (wide)', (object) => object.metadata.name],
  ],
  HorizontalPodAutoscaler: [
    ['Reference', scaleTarget],
    ['Targets', metricTargets],
    ['MinPods', at('spec.minReplicas', '<unset>')],
    ['MaxPods', at('spec.maxReplicas')],
    ['Replicas', at('status.currentReplicas', '0')],
    age,
  ],
  Ingress: [
    ['Class', at('spec.ingressClassName', '<none>')],
    ['Hosts', ingressHosts],
    ['Address', (object) => balancerAddresses(object).join(',')],
    ['Ports', (object) => (listOr(valueAt(object.spec, ['tls'])).length > 0 ? '80, 443' : '80')],
    age,
  ],
  IngressClass: [
    ['Controller', at('spec.controller')],
    ['Parameters', at('spec.parameters.name', '<none>')],
    age,
  ],
  Lease: [['Holder', at('spec.holderIdentity')], age],
  LimitRange: [createdAt],
  MutatingWebhookConfiguration: webhooks,
  NetworkPolicy: [['Pod-Selector', selectorAt('spec.podSelector.matchLabels')], age],
  PersistentVolume: [
    ['Capacity', at('spec.capacity.storage')],
    ['Access Modes', accessModes('spec.accessModes')],
    ['Reclaim Policy', at('spec.persistentVolumeReclaimPolicy')],
    ['Status', at('status.phase')],
    ['Claim', claimOf],
    ['StorageClass', at('spec.storageClassName')],
    ['VolumeAttributesClass', at('spec.volumeAttributesClassName', '<unset>')],
    ['Reason', at('status.reason')],
    age,
    ['VolumeMode (wide)', at('spec.volumeMode', 'Filesystem')],
  ],
  PersistentVolumeClaim: [
    ['Status', at('status.phase')],
    ['Volume', at('spec.volumeName')],
    ['Capacity', at('status.capacity.storage')],
    ['Access Modes', accessModes('status.accessModes')],
    ['StorageClass', at('spec.storageClassName')],
    ['VolumeAttributesClass', at('spec.volumeAttributesClassName', '<unset>')],
    age,
    ['VolumeMode (wide)', at('spec.volumeMode', 'Filesystem')],
  ],
  PriorityClass: [
    ['Value', at('value', '0')],
    ['Global-Default', at('globalDefault', 'false')],
    age,
    ['PreemptionPolicy', at('preemptionPolicy', 'PreemptLowerPriority')],
  ],
  ReplicationController: [
    ['Desired', at('spec.replicas', '0')],
    ['Current', at('status.replicas', '0')],
    ['Ready', at('status.readyReplicas', '0')],
    age,
    ['Containers (wide)', containers('name', 'spec.template.spec.containers')],
    ['Images (wide)', containers('image', 'spec.template.spec.containers')],
    ['Selector (wide)', selectorAt('spec.selector')],
  ],
  ResourceQuota: [['Request', quotaUse(false)], ['Limit', quotaUse(true)], age],
  Role: [createdAt],
  RoleBinding: binding,
  RuntimeClass: [['Handler', at('handler')], age],
  ServiceAccount: [['Secrets', countOf('secrets')], age],
  StorageClass: [
    ['Provisioner', at('provisioner')],
    ['ReclaimPolicy', at('reclaimPolicy', 'Delete')],
    ['VolumeBindingMode', at('volumeBindingMode', 'Immediate')],
    ['AllowVolumeExpansion', at('allowVolumeExpansion', 'false')],
    age,
  ],
  ValidatingWebhookConfiguration: webhooks,
  VolumeAttachment: [
    ['Attacher', at('spec.attacher')],
    ['PV', at('spec.source.persistentVolumeName')],
    ['Node', at('spec.nodeName')],
    ['Attached', at('status.attached', 'false')],
    age,
  ],
};

function ownerText({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find((item) => item.controller === true);
  if (!owner) return '<none>';
  const group = owner.apiVersion.includes('/')
    ? `.${stringOr(owner.apiVersion.split('/')[0])}`
    : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}
