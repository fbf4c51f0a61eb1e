import { createCsiNode } from './controllers/storage/csi-nodes.js';
import type { JsonObject } from './json.js';
import type { Labels } from './objects.js';
import type { Draft, KubeState } from './state.js';
import { mirrorStaticPods } from './system-objects.js';
import { offerTalosApi, type TalosApiAccess } from './talos-api.js';
import type { KubeNode, Taint } from './workloads.js';

/** What a kubelet says of its node when it comes up. */
export interface NodeRegistration {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly internalIp: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** `v1.34.1` */
  readonly kubeletVersion: string;
  /** `Talos (v1.13.9)` */
  readonly osImage: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly cloudProviderExternal: boolean;
  readonly cpu: number;
  readonly memoryGb: number;
  /** The server that it is, as the cloud's metadata service tells it. */
  readonly machine?: { readonly id: number; readonly location: string };
  /** The kubelet asks Kubernetes for the certificate that it serves with. */
  readonly rotatesServerCertificates?: boolean;
  /** What a control plane offers of its Talos API to programs of the cluster. */
  readonly talosApi?: TalosApiAccess;
}

/** Registers a node, or brings what its kubelet reports up to date; what users set stays. */
export function registerNode(state: KubeState, node: NodeRegistration): void {
  const present = state.store.get('nodes', node.name);
  const registered = present
    ? state.store.put('nodes', refreshed(present, node))
    : state.create('nodes', newNode(node));
  const before = present ? state.kubelets.get(node.name) : undefined;
  const isKnownAlive = before?.alive === true;
  state.kubelets.set(node.name, {
    ...before,
    alive: true,
    since: isKnownAlive ? before.since : state.now,
    hasCni: before?.hasCni ?? false,
    ...(node.machine ? { machine: node.machine } : {}),
    rotates: node.rotatesServerCertificates ?? false,
  });
  createCsiNode(state, registered);
  if (node.talosApi) offerTalosApi(state, node.talosApi);
  if (node.role === 'control-plane') mirrorStaticPods(state, registered, node.internalIp);
}

function labelsOf({ name, role, architecture, labels }: NodeRegistration): Labels {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...(role === 'control-plane' ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
    ...labels,
  };
}

/** Tells a cloud controller which of the node's addresses its kubelet was told to use. */
function annotationsOf({ cloudProviderExternal, internalIp }: NodeRegistration): Labels {
  return {
    'node.alpha.kubernetes.io/ttl': '0',
    ...(cloudProviderExternal ? { 'alpha.kubernetes.io/provided-node-ip': internalIp } : {}),
  };
}

function newNode(node: NodeRegistration): Draft<KubeNode> {
  const uninitialized: Taint = {
    key: 'node.cloudprovider.kubernetes.io/uninitialized',
    value: 'true',
    effect: 'NoSchedule',
  };
  const taints = [...node.taints, ...(node.cloudProviderExternal ? [uninitialized] : [])];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: labelsOf(node), annotations: annotationsOf(node) },
    spec: taints.length > 0 ? { taints } : {},
    status: { conditions: [], ...reported(node) },
  };
}

function refreshed(present: KubeNode, node: NodeRegistration): KubeNode {
  const labels = { ...present.metadata.labels, ...labelsOf(node) };
  const { addresses, ...rest } = reported(node);
  // What a cloud controller has found out is better than what the kubelet guesses.
  const known = node.cloudProviderExternal ? present.status.addresses : addresses;
  return {
    ...present,
    metadata: { ...present.metadata, labels },
    status: { ...present.status, ...rest, addresses: known },
  };
}

// What Talos reserves for itself (Talos source, constants.go, KubeletSystemReserved…), and the
// kubelet for evictions.
const reservedMillis = 50;
const reservedMi = { 'control-plane': 512 + 100, worker: 384 + 100 };

function resourcesOf({ role, cpu, memoryGb }: NodeRegistration): {
  readonly capacity: Labels;
  readonly allocatable: Labels;
} {
  const capacity = {
    cpu: String(cpu),
    memory: `${Math.round(memoryGb * 1024 * 1024)}Ki`,
    pods: '110',
  };
  const left = Math.max(0, Math.round((memoryGb * 1024 - reservedMi[role]) * 1024));
  const allocatable = { ...capacity, cpu: `${cpu * 1_000 - reservedMillis}m`, memory: `${left}Ki` };
  return { capacity, allocatable };
}

type Reported = Pick<KubeNode['status'], 'addresses' | 'nodeInfo'> & JsonObject;

function reported(node: NodeRegistration): Reported {
  const { name, internalIp, kubeletVersion, osImage, architecture } = node;
  return {
    addresses: [
      { type: 'InternalIP', address: internalIp },
      { type: 'Hostname', address: name },
    ],
    ...resourcesOf(node),
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      architecture,
      operatingSystem: 'linux',
      osImage,
      kernelVersion: '6.18.2-talos',
      containerRuntimeVersion: 'containerd://2.2.1',
      kubeletVersion,
      kubeProxyVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}
