import gte from 'semver/functions/gte.js';
import type { ClusterConfig } from '../config/schema.js';
import type { ChartAddon, HelmValues } from './addon.js';
import { mergeHelmValues, type MergedValues } from './merge-values.js';
import { tolerantNodes } from './nodes.js';

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
    // Exactly one may own Services without a class: this, or Hetzner's cloud controller.
    defaultLBServiceIPAM: config.addons.load_balancers === 'nodeipam' ? 'nodeipam' : 'none',
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
  return tolerantNodes([...config.control_planes, ...config.workers]) > 1 ? 2 : 1;
}

/** oxide's values with the user's: what helm is given. */
export function wantedCiliumValues(config: ClusterConfig): MergedValues {
  return mergeHelmValues(ciliumValues(config), {
    user: config.cilium.helm_values,
    protectedKeys,
  });
}

/** The network of the pods. */
export const cilium: ChartAddon = {
  kind: 'chart',
  name: 'cilium',
  title: 'Cilium',
  core: true,
  needs: ['gateway-api'],
  key: undefined,
  release: 'cilium',
  namespace: 'kube-system',
  // What the nodes need of Cilium to become Ready; Hubble may follow later.
  workloads: ['daemonset/cilium', 'deployment/cilium-operator'],
  values: ciliumValues,
  protectedKeys,
  about: {
    purpose:
      'The network of the pods, instead of kube-proxy too; Gateways; addresses for Services of the type LoadBalancer.',
    cost: 'nothing',
    remarks: 'Always there; its keys are those of the section `cilium`.',
  },
};
