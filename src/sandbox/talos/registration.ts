import type { NodeRegistration } from './kube-cluster-port.js';
import type { Taint } from './node-settings.js';
import { firstIn } from './subnets.js';
import type { ConfiguredNode } from './talos-node.js';

const roleLabel = 'node-role.kubernetes.io/control-plane';

/** Labels under kubernetes.io and k8s.io that a kubelet may set on its own node. */
const allowedLabels = [
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];
const allowedDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

/**
 * What the kubelet says of its node; undefined when it never registers: it has no address in the
 * subnets that it is told to use, or it cannot read its configuration.
 */
export function registrationOf(
  node: ConfiguredNode,
  addresses: readonly string[],
): NodeRegistration | undefined {
  const { settings, machine, state } = node;
  const internalIp = firstIn(settings.nodeIpSubnets, addresses);
  if (internalIp === undefined || !machine.image || !startsKubelet(settings)) return undefined;
  return {
    name: (settings.hostname ?? state.name).toLowerCase(),
    role: settings.role,
    internalIp,
    ...markings(node),
    kubeletVersion: `v${settings.kubernetesVersion}`,
    osImage: `Talos (${machine.image.talosVersion})`,
    architecture: machine.image.architecture === 'arm' ? 'arm64' : 'amd64',
    cloudProviderExternal: settings.cloudProviderExternal,
    cpu: machine.cores,
    memoryGb: machine.memoryGb,
    machine: { id: machine.id, location: machine.location },
    rotatesServerCertificates: settings.rotatesServerCertificates,
    ...(settings.role === 'control-plane' && settings.talosApi
      ? { talosApi: settings.talosApi }
      : {}),
  };
}

/**
 * The kubelet cannot decode a taint whose key or value is not a text, and Kubernetes refuses a node
 * with a value that is none of a label.
 */
function startsKubelet({ registerTaints }: ConfiguredNode['settings']): boolean {
  const isText = (part: unknown): boolean =>
    part === undefined || (typeof part === 'string' && /^[\w./-]*$/.test(part));
  return registerTaints.every(({ key, value, effect }) => [key, value, effect].every(isText));
}

/**
 * The labels and taints that end up on the node. Talos sets those of its configuration in one
 * update; on workers with the kubelet's own rights, which Kubernetes' NodeRestriction limits: no
 * taints, no labels of other owners, and then nothing of that update at all (Talos source,
 * controllers/k8s/node_apply.go).
 */
function markings({ settings }: ConfiguredNode): {
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
} {
  if (settings.role === 'worker') {
    const refused = settings.taints.length > 0 || Object.keys(settings.labels).some(isReserved);
    return { labels: refused ? {} : settings.labels, taints: settings.registerTaints };
  }
  const own = settings.schedulesOnControlPlanes ? [] : [{ key: roleLabel, effect: 'NoSchedule' }];
  const taints = [...settings.registerTaints, ...own, ...settings.taints];
  return {
    labels: { ...settings.labels, [roleLabel]: '' },
    taints: taints.filter(({ key }, index) => taints.findIndex((t) => t.key === key) === index),
  };
}

function isReserved(label: string): boolean {
  const domain = label.includes('/') ? (label.split('/')[0] ?? '') : '';
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(domain) || allowedLabels.includes(label)) return false;
  return !allowedDomains.some((allowed) => domain === allowed || domain.endsWith(`.${allowed}`));
}
