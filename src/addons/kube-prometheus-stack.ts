import type { ChartAddon } from './addon.js';

/** Prometheus, Alertmanager and Grafana. */
export const kubePrometheusStack: ChartAddon = {
  kind: 'chart',
  name: 'kube-prometheus-stack',
  title: 'the Prometheus stack',
  core: false,
  needs: ['hcloud-ccm', 'hcloud-csi'],
  key: 'kube_prometheus_stack',
  release: 'kube-prometheus-stack',
  namespace: 'monitoring',
  // node-exporter looks at the host.
  podSecurity: 'privileged',
  workloads: [
    'deployment/kube-prometheus-stack-operator',
    'deployment/kube-prometheus-stack-grafana',
  ],
  values: (config) => ({
    // There is no kube-proxy; the others listen on the control planes' loopback only.
    kubeProxy: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    prometheus: {
      prometheusSpec: {
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        ...(config.addons.hcloud_csi.enabled && { storageSpec: volume }),
      },
    },
  }),
  protectedKeys: [],
  about: {
    purpose: 'Metrics, alerts and dashboards of the cluster.',
    cost: 'a volume of 10 GB, when `hcloud_csi` is on',
    remarks: "Its namespace allows privileged pods, for the exporter of the nodes' metrics.",
    stays: 'Its definitions stay, and the claims of its volumes.',
  },
};

const volume = {
  volumeClaimTemplate: {
    spec: {
      storageClassName: 'hcloud-volumes',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
    },
  },
};
