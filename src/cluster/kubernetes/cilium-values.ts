import gte from 'semver/functions/gte.js';
import type { ClusterConfig } from '../../config/schema.js';
import { poolsOf } from '../state/node-pools.js';

/** Values of a helm chart: plain data. */
export type HelmValues = Readonly<Record<string, unknown>>;

/** The values of the Cilium chart for this cluster, without the user's. */
export function ciliumValues(config: ClusterConfig): HelmValues {
  const hubble = config.cilium.enable_hubble;
  return {
    ...talosValues,
    routingMode: 'tunnel',
    tunnelProtocol: 'vxlan',
    // Hetzner's private network carries 1450 bytes.
    MTU: 1450,
    loadBalancer: { acceleration: 'best-effort' },
    nodeIPAM: { enabled: true },
    defaultLBServiceIPAM: 'nodeipam',
    gatewayAPI: {
      enabled: true,
      enableAlpn: true,
      enableAppProtocol: true,
      externalTrafficPolicy: 'Cluster',
      // With `auto`, helm looks for the CRDs at that very moment. The chart wants text here.
      gatewayClass: { create: 'true' },
    },
    operator: { replicas: operatorReplicas(config), rollOutPods: true },
    rollOutCiliumPods: true,
    hubble: {
      ...{ enabled: hubble, relay: { enabled: hubble }, ui: { enabled: false } },
      ...(hubble && renewsItself(config.cilium.version) ? { tls: renewedCertificates } : {}),
    },
  };
}

/**
 * Hubble's certificates end after a year, and helm never renews what it made: a job of the chart does.
 * Before 1.19 that job is a hook, for which an install would wait until nodes take pods.
 */
const renewedCertificates = { auto: { method: 'cronJob' } };

function renewsItself(version: string): boolean {
  return gte(version, '1.19.0');
}

/** What Cilium needs on Talos whatever the user wants (Cilium docs, "Talos Linux"). */
const talosValues = {
  ipam: { mode: 'kubernetes' },
  ipv6: { enabled: false },
  k8s: { requireIPv4PodCIDR: true },
  kubeProxyReplacement: true,
  kubeProxyReplacementHealthzBindAddr: '0.0.0.0:10256',
  // KubePrism: the API server on every node, there before any CNI.
  k8sServiceHost: 'localhost',
  k8sServicePort: 7445,
  // Without host routing through the kernel, the DNS of Talos's host does not reach the pods.
  bpf: { masquerade: true, hostLegacyRouting: true },
  cgroup: { autoMount: { enabled: false }, hostRoot: '/sys/fs/cgroup' },
  securityContext: {
    capabilities: {
      // Everything but SYS_MODULE: Talos loads no kernel modules on request.
      ciliumAgent: [
        'CHOWN',
        'KILL',
        'NET_ADMIN',
        'NET_RAW',
        'IPC_LOCK',
        'SYS_ADMIN',
        'SYS_RESOURCE',
        'DAC_OVERRIDE',
        'FOWNER',
        'SETGID',
        'SETUID',
        'SYSLOG',
      ],
      cleanCiliumState: ['NET_ADMIN', 'SYS_ADMIN', 'SYS_RESOURCE'],
    },
  },
};

/** Keys of `talosValues` that no user value replaces. */
const protectedKeys: readonly string[] = [
  'ipam.mode',
  'ipv6.enabled',
  'k8s.requireIPv4PodCIDR',
  'kubeProxyReplacement',
  'k8sServiceHost',
  'k8sServicePort',
  'bpf.hostLegacyRouting',
  'cgroup.autoMount.enabled',
  'cgroup.hostRoot',
  'securityContext.capabilities.ciliumAgent',
  'securityContext.capabilities.cleanCiliumState',
];

/**
 * Two replicas, or one when only one node takes them: they never share a node. The operator
 * tolerates the taint of control planes, but since Cilium 1.18 no others.
 */
function operatorReplicas(config: ClusterConfig): number {
  const nodes = poolsOf(config)
    .filter(({ pool }) => pool.taints.every(({ effect }) => effect === 'PreferNoSchedule'))
    .reduce((sum, { pool }) => sum + pool.count, 0);
  return nodes > 1 ? 2 : 1;
}

export interface MergedValues {
  readonly values: HelmValues;
  /** Keys whose user value was not taken, because Talos needs oxide's; as `ipam.mode`. */
  readonly kept: readonly string[];
}

/** Merges the user's values into oxide's as helm does: mappings key by key, all else replaced. */
export function mergeHelmValues(base: HelmValues, user: HelmValues): MergedValues {
  const kept: string[] = [];
  const merge = (ours: HelmValues, theirs: HelmValues, path: string): HelmValues => {
    const merged: Record<string, unknown> = { ...ours };
    for (const [key, value] of Object.entries(theirs)) {
      const at = path === '' ? key : `${path}.${key}`;
      const own = merged[key];
      if (isMapping(own) && isMapping(value)) merged[key] = merge(own, value, at);
      else if (!isProtected(at) || equal(own, value)) merged[key] = value;
      else kept.push(at);
    }
    return merged;
  };
  return { values: merge(base, user, ''), kept };
}

/** Also true for a mapping that holds a protected key: it cannot be replaced as a whole. */
function isProtected(path: string): boolean {
  return protectedKeys.some((key) => key === path || key.startsWith(`${path}.`));
}

function isMapping(value: unknown): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
