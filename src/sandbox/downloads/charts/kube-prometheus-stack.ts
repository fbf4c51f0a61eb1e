import {
  account,
  clusterRole,
  definition,
  restrictedContainer,
  restrictedPod,
  service,
  workload,
} from './parts.js';
import type { StandIn } from './stand-in.js';

// prometheus-community/helm-charts, charts/kube-prometheus-stack, with its three subcharts in one.
const named = (component: string): string => `      containers:
        - name: ${component}
          imagePullPolicy: IfNotPresent
          image: `;

const restricted = (component: string, image: string, port: string): string =>
  `${restrictedPod}${named(component)}${image}\n${restrictedContainer}          ports: [${port}]\n`;

const exporterPod = `      hostNetwork: true
      hostPID: true
      tolerations: [{effect: NoSchedule, operator: Exists}]
${named('node-exporter')}quay.io/prometheus/node-exporter:v1.12.0
          ports: [{name: http-metrics, containerPort: 9100, protocol: TCP}]
      volumes:
        - {name: proc, hostPath: {path: /proc}}
        - {name: sys, hostPath: {path: /sys}}
        - {name: root, hostPath: {path: /}}
`;

interface Part {
  readonly component: string;
  readonly condition: string;
  readonly values: string;
  readonly kind?: 'DaemonSet';
  readonly pod: string;
  readonly port: number;
}

const parts: readonly Part[] = [
  {
    component: 'operator',
    condition: '.Values.prometheusOperator.enabled',
    values: '.Values.prometheusOperator',
    pod: restricted(
      'kube-prometheus-stack',
      '"quay.io/prometheus-operator/prometheus-operator:{{ .Chart.AppVersion }}"',
      '{name: https, containerPort: 10250, protocol: TCP}',
    ),
    port: 10_250,
  },
  {
    component: 'kube-state-metrics',
    condition: '.Values.kubeStateMetrics.enabled',
    values: '(index .Values "kube-state-metrics")',
    pod: restricted(
      'kube-state-metrics',
      'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.0',
      '{name: http, containerPort: 8080, protocol: TCP}',
    ),
    port: 8080,
  },
  {
    component: 'grafana',
    condition: '.Values.grafana.enabled',
    values: '.Values.grafana',
    pod: restricted(
      'grafana',
      'docker.io/grafana/grafana:13.0.1',
      '{name: grafana, containerPort: 3000, protocol: TCP}',
    ),
    port: 3000,
  },
  {
    component: 'prometheus-node-exporter',
    condition: '.Values.nodeExporter.enabled',
    values: '(index .Values "prometheus-node-exporter")',
    kind: 'DaemonSet',
    pod: exporterPod,
    port: 9100,
  },
];

function files({ component, condition, values, kind, pod, port }: Part): [string, string] {
  const content = [
    workload({ ...(kind ? { kind } : {}), component, values, pod }),
    account(component),
    service(component, `{name: main, port: ${port}, targetPort: ${port}}`),
  ].join('---\n');
  return [`${component}.yaml`, `{{- if ${condition} }}\n${content}{{- end }}\n`];
}

const resource = (kind: string, condition: string, spec: string): string => `{{- if ${condition} }}
apiVersion: monitoring.coreos.com/v1
kind: ${kind}
metadata:
  name: {{ include "fullname" . }}-${kind.toLowerCase()}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
spec:
${spec}{{- end }}
`;

const prometheus = `  replicas: {{ .Values.prometheus.prometheusSpec.replicas }}
  retention: {{ .Values.prometheus.prometheusSpec.retention }}
  {{- with .Values.prometheus.prometheusSpec.storageSpec }}
  storage: {{- toYaml . | nindent 4 }}
  {{- end }}
`;

const alertmanager = `  replicas: {{ .Values.alertmanager.alertmanagerSpec.replicas }}
  {{- with .Values.alertmanager.alertmanagerSpec.storage }}
  storage: {{- toYaml . | nindent 4 }}
  {{- end }}
`;

const kinds = [
  ...['Alertmanager', 'AlertmanagerConfig', 'PodMonitor', 'Probe', 'Prometheus', 'PrometheusAgent'],
  ...['PrometheusRule', 'ScrapeConfig', 'ServiceMonitor', 'ThanosRuler'],
];

/** `prometheuses`: English, as its authors have it. */
const pluralOf = (kind: string): string =>
  kind === 'Prometheus' ? 'prometheuses' : `${kind.toLowerCase()}s`;

const rules = `  - {apiGroups: ["", apps, discovery.k8s.io, networking.k8s.io], resources: ["*"], verbs: [get, list, watch]}
  - {apiGroups: ["", apps], resources: [configmaps, secrets, services, statefulsets], verbs: ["*"]}
  - {apiGroups: [monitoring.coreos.com], resources: ["*"], verbs: ["*"]}
`;

export const kubePrometheusStack: StandIn = {
  name: 'kube-prometheus-stack',
  releases: [
    { version: '88.5.3', appVersion: 'v0.93.1' },
    { version: '88.5.2', appVersion: 'v0.93.1' },
  ],
  values: `nameOverride: ""
fullnameOverride: ""
crds: {enabled: true}
prometheusOperator: {enabled: true}
kubeStateMetrics: {enabled: true}
kube-state-metrics: {}
nodeExporter: {enabled: true}
prometheus-node-exporter: {}
grafana: {enabled: true}
kubeProxy: {enabled: true}
kubeEtcd: {enabled: true}
kubeScheduler: {enabled: true}
kubeControllerManager: {enabled: true}
prometheus: {enabled: true, prometheusSpec: {replicas: 1, retention: 10d, storageSpec: {}}}
alertmanager: {enabled: true, alertmanagerSpec: {replicas: 1, storage: {}}}
`,
  definitions: Object.fromEntries(
    kinds.map((kind) => {
      const plural = pluralOf(kind);
      const version = ['AlertmanagerConfig', 'PrometheusAgent', 'ScrapeConfig'].includes(kind)
        ? 'v1alpha1'
        : 'v1';
      const content = definition({ group: 'monitoring.coreos.com', version, kind, plural });
      return [`crd-${plural}.yaml`, content];
    }),
  ),
  templates: {
    ...Object.fromEntries(parts.map(files)),
    'clusterrole.yaml': clusterRole(
      '{{ include "fullname" . }}-operator',
      rules,
      '{{ include "fullname" . }}-operator',
    ),
    'prometheus.yaml': resource('Prometheus', '.Values.prometheus.enabled', prometheus),
    'alertmanager.yaml': resource('Alertmanager', '.Values.alertmanager.enabled', alertmanager),
  },
};
