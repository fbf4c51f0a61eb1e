import { settingsChecksum } from './snippets.js';

interface HubblePart {
  readonly name: string;
  /** Where its values are: `relay` or `ui`. */
  readonly key: string;
  readonly container: string;
}

/** Hubble's pods tolerate nothing (Cilium chart): without a worker they stay Pending. */
const deployment = ({ name, key, container }: HubblePart): string => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
  labels: {k8s-app: ${name}, app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: cilium}
spec:
  replicas: {{ .Values.hubble.${key}.replicas }}
  selector:
    matchLabels: {k8s-app: ${name}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1}
  template:
    metadata:
      {{- if .Values.hubble.${key}.rollOutPods }}
      annotations:
        ${settingsChecksum(8)}
      {{- end }}
      labels: {k8s-app: ${name}, app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: cilium}
    spec:
      restartPolicy: Always
      serviceAccountName: ${name}
      nodeSelector: {{- toYaml .Values.hubble.${key}.nodeSelector | nindent 8 }}
      {{- with .Values.hubble.${key}.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
${container}`;

const account = (name: string): string => `---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
`;

interface Ports {
  readonly port: number;
  readonly targetPort: number;
}

const service = (name: string, selects: string, { port, targetPort }: Ports): string => `---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
  labels: {k8s-app: ${selects}, app.kubernetes.io/part-of: cilium, app.kubernetes.io/name: ${name}}
spec:
  type: ClusterIP
  selector: {k8s-app: ${selects}}
  ports:
    - {port: ${port}, protocol: TCP, targetPort: ${targetPort}}
`;

const relay = `        - name: hubble-relay
          image: "{{ .Values.hubble.relay.image.repository }}:{{ .Values.hubble.relay.image.tag }}"
          imagePullPolicy: {{ .Values.hubble.relay.image.pullPolicy }}
          command: [hubble-relay]
          args: [serve]
          ports:
            - {name: grpc, containerPort: 4245}
          volumeMounts:
            - {name: config, mountPath: /etc/hubble-relay, readOnly: true}
      volumes:
        - name: config
          configMap: {name: hubble-relay-config}
`;

const relayConfig = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: hubble-relay-config
  namespace: {{ .Release.Namespace }}
data:
  config.yaml: |
    cluster-name: {{ .Values.cluster.name }}
    peer-service: "hubble-peer.{{ .Release.Namespace }}.svc.cluster.local.:443"
    listen-address: :4245
`;

const ui = `        - name: frontend
          image: quay.io/cilium/hubble-ui:v0.13.3
          ports:
            - {name: http, containerPort: 8081}
        - name: backend
          image: quay.io/cilium/hubble-ui-backend:v0.13.3
          ports:
            - {name: grpc, containerPort: 8090}
`;

const when = (condition: string, content: string): string =>
  `{{- if ${condition} }}\n${content}{{- end }}\n`;

/** Renews Hubble's certificates; what it makes of them is left out. */
const renewal = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: hubble-generate-certs
  namespace: {{ .Release.Namespace }}
  labels: {k8s-app: hubble-generate-certs, app.kubernetes.io/part-of: cilium}
spec:
  schedule: {{ .Values.hubble.tls.auto.schedule | quote }}
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        metadata:
          labels: {k8s-app: hubble-generate-certs}
        spec:
          restartPolicy: OnFailure
          containers:
            - name: certgen
              image: quay.io/cilium/certgen:v0.4.6
              command: [/usr/bin/cilium-certgen]
`;

/** Hubble: the agents' peer Service, and the relay and its user interface where wanted. */
export const hubble = {
  'templates/hubble/peer-service.yaml': when(
    '.Values.hubble.enabled',
    service('hubble-peer', 'cilium', { port: 443, targetPort: 4244 }),
  ),
  'templates/hubble/tls-cronjob/cronjob.yaml': when(
    'and .Values.hubble.enabled .Values.hubble.tls.enabled (eq .Values.hubble.tls.auto.method "cronJob")',
    renewal,
  ),
  'templates/hubble-relay/relay.yaml': when(
    '.Values.hubble.relay.enabled',
    account('hubble-relay') +
      relayConfig +
      deployment({ name: 'hubble-relay', key: 'relay', container: relay }) +
      service('hubble-relay', 'hubble-relay', { port: 80, targetPort: 4245 }),
  ),
  'templates/hubble-ui/ui.yaml': when(
    '.Values.hubble.ui.enabled',
    account('hubble-ui') +
      deployment({ name: 'hubble-ui', key: 'ui', container: ui }) +
      service('hubble-ui', 'hubble-ui', { port: 80, targetPort: 8081 }),
  ),
};
