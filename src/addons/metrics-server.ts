import type { ChartAddon } from './addon.js';
import { onControlPlanes, ordinaryNodes } from './nodes.js';

/** What `kubectl top` and autoscalers ask. */
export const metricsServer: ChartAddon = {
  kind: 'chart',
  name: 'metrics-server',
  title: 'the metrics server',
  core: false,
  needs: ['hcloud-ccm', 'talos-ccm'],
  key: 'metrics_server',
  release: 'metrics-server',
  namespace: 'kube-system',
  workloads: ['deployment/metrics-server'],
  values: (config) => ({
    replicas: ordinaryNodes(config) > 1 ? 2 : 1,
    // Of workers that take nothing unasked it would wait for ever.
    ...(ordinaryNodes(config) === 0 && onControlPlanes(config)),
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    // Without somebody who approves certificates, kubelets show ones that nobody can check.
    ...(!config.addons.talos_ccm.enabled && { args: ['--kubelet-insecure-tls'] }),
  }),
  protectedKeys: [],
  about: {
    purpose: 'What nodes and pods use, for `kubectl top` and for autoscalers.',
    cost: 'nothing',
    remarks: "Without `talos_ccm` it takes the kubelets' certificates unchecked.",
    stays: 'Nothing stays; `kubectl top` and autoscalers have no figures any more.',
  },
};
