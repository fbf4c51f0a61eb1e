import { account, clusterRole, service, workload } from './parts.js';
import type { StandIn } from './stand-in.js';

// kubernetes-sigs/metrics-server, charts/metrics-server.
const pod = `      priorityClassName: {{ .Values.priorityClassName }}
      {{- if .Values.hostNetwork.enabled }}
      hostNetwork: true
      {{- end }}
      containers:
        - name: metrics-server
          image: {{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "v%s" .Chart.AppVersion) }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args:
            - --secure-port={{ .Values.containerPort }}
            {{- range .Values.defaultArgs }}
            - {{ . }}
            {{- end }}
            {{- range .Values.args }}
            - {{ . }}
            {{- end }}
          securityContext: {{- toYaml .Values.securityContext | nindent 12 }}
          ports: [{name: https, protocol: TCP, containerPort: {{ .Values.containerPort }}}]
          readinessProbe:
            httpGet: {path: /readyz, port: https, scheme: HTTPS}
            initialDelaySeconds: 20
            periodSeconds: 10
            failureThreshold: 3
          resources: {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes:
        - {name: tmp, emptyDir: {}}
`;

const rules = `  - {apiGroups: [""], resources: [nodes/metrics], verbs: [get]}
  - {apiGroups: [""], resources: [pods, nodes, namespaces, configmaps], verbs: [get, list, watch]}
`;

export const metricsServer: StandIn = {
  name: 'metrics-server',
  releases: [
    { version: '3.13.1', appVersion: '0.8.1' },
    { version: '3.13.0', appVersion: '0.8.0' },
  ],
  values: `image: {repository: registry.k8s.io/metrics-server/metrics-server, tag: "", pullPolicy: IfNotPresent}
nameOverride: ""
fullnameOverride: ""
apiService: {create: true, annotations: {}, insecureSkipTLSVerify: true, caBundle: ""}
podLabels: {}
podAnnotations: {}
securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}, capabilities: {drop: [ALL]}}
priorityClassName: system-cluster-critical
containerPort: 10250
hostNetwork: {enabled: false}
replicas: 1
podDisruptionBudget: {enabled: false, minAvailable: ~, maxUnavailable: ~}
defaultArgs:
  - --cert-dir=/tmp
  - --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname
  - --kubelet-use-node-status-port
  - --metric-resolution=15s
args: []
service: {type: ClusterIP, port: 443}
resources: {requests: {cpu: 100m, memory: 200Mi}}
nodeSelector: {}
tolerations: []
affinity: {}
topologySpreadConstraints: []
`,
  templates: {
    'deployment.yaml': workload({ replicas: '.Values.replicas', values: '.Values', pod }),
    'serviceaccount.yaml': account(),
    'clusterrole.yaml': clusterRole('system:{{ include "fullname" . }}', rules),
    // Who may view may ask for metrics.
    'clusterrole-aggregated-reader.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: system:{{ include "fullname" . }}-aggregated-reader
  labels:
    {{- include "labels" . | nindent 4 }}
    rbac.authorization.k8s.io/aggregate-to-admin: "true"
    rbac.authorization.k8s.io/aggregate-to-edit: "true"
    rbac.authorization.k8s.io/aggregate-to-view: "true"
rules:
  - {apiGroups: [metrics.k8s.io], resources: [pods, nodes], verbs: [get, list, watch]}
`,
    'service.yaml': service(
      undefined,
      '{name: https, port: {{ .Values.service.port }}, protocol: TCP, targetPort: https, appProtocol: https}',
    ),
    'pdb.yaml': `{{- if .Values.podDisruptionBudget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "fullname" . }}
  namespace: {{ .Release.Namespace }}
spec:
  {{- with .Values.podDisruptionBudget.minAvailable }}
  minAvailable: {{ . }}
  {{- end }}
  {{- with .Values.podDisruptionBudget.maxUnavailable }}
  maxUnavailable: {{ . }}
  {{- end }}
  selector:
    matchLabels: {{- include "selector" . | nindent 6 }}
{{- end }}
`,
    'apiservice.yaml': `{{- if .Values.apiService.create }}
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: v1beta1.metrics.k8s.io
  labels: {{- include "labels" . | nindent 4 }}
spec:
  group: metrics.k8s.io
  groupPriorityMinimum: 100
  {{- with .Values.apiService.insecureSkipTLSVerify }}
  insecureSkipTLSVerify: {{ . }}
  {{- end }}
  service: {name: {{ include "fullname" . }}, namespace: {{ .Release.Namespace }}, port: {{ .Values.service.port }}}
  version: v1beta1
  versionPriority: 100
{{- end }}
`,
  },
};
