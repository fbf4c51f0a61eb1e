import type { ClusterConfig } from '../config/schema.js';
import type { ChartAddon } from './addon.js';
import { onControlPlanes, ownTolerations } from './nodes.js';

/** The chart's own tolerations, when control planes carry more taints than it knows. */
function ownTaints(config: ClusterConfig): object {
  const own = ownTolerations(config);
  if (own.length === 0) return {};
  const uninitialized = 'node.cloudprovider.kubernetes.io/uninitialized';
  const first = { key: uninitialized, operator: 'Exists', effect: 'NoSchedule' };
  return { tolerations: [first, ...onControlPlanes(config).tolerations] };
}

/** Talos's cloud controller, for one thing only: it approves the certificates of kubelets. */
export const talosCcm: ChartAddon = {
  kind: 'chart',
  name: 'talos-ccm',
  title: "Talos's cloud controller",
  core: false,
  needs: ['cilium'],
  key: 'talos_ccm',
  release: 'talos-cloud-controller-manager',
  namespace: 'kube-system',
  workloads: ['daemonset/talos-cloud-controller-manager'],
  values: (config) => ({
    // Nodes are Hetzner's controller's: of two that know them one would undo what the other does.
    enabledControllers: ['node-csr-approval'],
    daemonSet: { enabled: true },
    ...ownTaints(config),
  }),
  definition: 'serviceaccounts.talos.dev',
  protectedKeys: ['enabledControllers', 'daemonSet.enabled'],
  machine: {
    what: 'serving certificates from the cluster',
    isIn: (parts, isControlPlane) =>
      parts.serverCertificates && (parts.talosApiAccess || !isControlPlane),
    allNodes: { machine: { kubelet: { extraArgs: { 'rotate-server-certificates': 'true' } } } },
    controlPlanes: {
      machine: {
        features: {
          kubernetesTalosAPIAccess: {
            enabled: true,
            allowedRoles: ['os:reader'],
            allowedKubernetesNamespaces: ['kube-system'],
          },
        },
      },
    },
  },
  about: {
    purpose:
      "Approves the kubelets' serving certificates, so that logs, metrics and `kubectl exec` are encrypted by the cluster's own authority.",
    cost: 'nothing',
    remarks:
      'It needs nodes that were made with it: kubelets ask for certificates, Talos lets it look.',
    stays:
      'Certificates of kubelets stay until they end; then logs and `kubectl exec` fail on nodes that were made with it.',
  },
};
