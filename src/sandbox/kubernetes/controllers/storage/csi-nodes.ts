import { listOr, objectOr, omit, same, valueAt, type JsonObject } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import type { Kubelet, KubeState } from '../../state.js';
import { isReady, type KubeNode } from '../../workloads.js';
import { csiNodes, driverName, locationKey, volumesPerNode } from './csi.js';

const nodeIds = 'csi.volume.kubernetes.io/nodeid';

/** What kubelets say of themselves (Kubernetes source, pkg/volume/csi/csi_plugin.go). */
const migrated = [
  ...['aws-ebs', 'azure-disk', 'azure-file', 'cinder', 'gce-pd'],
  ...['portworx-volume', 'vsphere-volume'],
]
  .map((plugin) => `kubernetes.io/${plugin}`)
  .join(',');

/** The record of a node's storage drivers, which its kubelet makes when it comes up. */
export function createCsiNode(state: KubeState, { metadata }: KubeNode): void {
  const { name, uid } = metadata;
  if (state.store.get(csiNodes, name)) return;
  state.create<KubeObject>(csiNodes, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: {
      name,
      annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': migrated },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec: { drivers: [] },
  });
}

/** Kubelets register the driver whose pod runs on their node, and forget it when that is gone. */
export function registerDrivers(state: KubeState): void {
  const hosts = new Set<string>();
  for (const { program, crashed, pod: name, namespace } of state.containers.values()) {
    if (program !== 'hcloud-csi-node' || crashed) continue;
    const pod = state.store.get('pods', name, namespace);
    if (pod && isReady(pod)) hosts.add(pod.spec.nodeName ?? '');
  }
  for (const csiNode of state.store.list(csiNodes)) {
    const { name } = csiNode.metadata;
    const kubelet = state.kubelets.get(name);
    // A dead kubelet changes nothing.
    if (kubelet?.alive !== true) continue;
    register(state, csiNode, hosts.has(name) ? kubelet.machine : undefined);
  }
}

function register(state: KubeState, csiNode: KubeObject, machine: Kubelet['machine']): void {
  const { name } = csiNode.metadata;
  const before = listOr(valueAt(csiNode.spec, ['drivers'])).map(objectOr);
  const own = before.find((driver) => driver['name'] === driverName);
  const driver: JsonObject | undefined = machine && {
    name: driverName,
    nodeID: String(machine.id),
    topologyKeys: [locationKey],
    allocatable: { count: volumesPerNode },
  };
  if (same(own, driver)) return;
  const others = before.filter((item) => item !== own);
  state.store.put(csiNodes, {
    ...csiNode,
    spec: { drivers: [...others, ...(driver ? [driver] : [])] },
  });
  const node = state.store.get('nodes', name);
  if (node) mark(state, node, machine);
}

/** The node gets the id that the driver knows it by, and where it is; that label stays. */
function mark(state: KubeState, node: KubeNode, machine: Kubelet['machine']): void {
  const { labels, annotations = {} } = node.metadata;
  const kept = omit(annotations, [nodeIds]);
  const metadata = machine
    ? {
        ...node.metadata,
        labels: { ...labels, [locationKey]: machine.location },
        annotations: { ...kept, [nodeIds]: JSON.stringify({ [driverName]: String(machine.id) }) },
      }
    : { ...node.metadata, annotations: kept };
  state.store.put('nodes', { ...node, metadata });
}
