import { account, clusterRole } from './parts.js';
import type { StandIn } from './stand-in.js';

// hetznercloud/hcloud-cloud-controller-manager, chart/.
const pod = `      dnsPolicy: Default
      tolerations:
        - {key: node.cloudprovider.kubernetes.io/uninitialized, value: "true", effect: NoSchedule}
        - {key: CriticalAddonsOnly, operator: Exists}
        - {key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}
        - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
        - {key: node.kubernetes.io/not-ready, effect: NoExecute}
        {{- with .Values.additionalTolerations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if .Values.networking.enabled }}
      hostNetwork: true
      {{- end }}
      priorityClassName: system-cluster-critical
      {{- with .Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: hcloud-cloud-controller-manager
          image: {{ .Values.image.repository }}:{{ tpl .Values.image.tag . }}
          {{- with .Values.securityContext }}
          securityContext: {{- toYaml . | nindent 12 }}
          {{- end }}
          args:
            {{- range $key, $value := .Values.args }}
            {{- if not (eq $value nil) }}
            - "--{{ $key }}{{ if $value }}={{ $value }}{{ end }}"
            {{- end }}
            {{- end }}
            {{- if .Values.networking.enabled }}
            - "--allocate-node-cidrs=true"
            - "--cluster-cidr={{ .Values.networking.clusterCIDR }}"
            {{- end }}
            {{- if and (eq .Values.kind "Deployment") (eq (int .Values.replicaCount) 1) }}
            - "--leader-elect=false"
            {{- end }}
          env:
            {{- range $key, $value := .Values.env }}
            - name: {{ $key }}
              {{- tpl (toYaml $value) $ | nindent 14 }}
            {{- end }}
            {{- if .Values.networking.enabled }}
            - name: HCLOUD_NETWORK
              {{- tpl (toYaml .Values.networking.network) . | nindent 14 }}
            {{- end }}
            {{- if not .Values.monitoring.enabled }}
            - {name: HCLOUD_METRICS_ENABLED, value: "false"}
            {{- end }}
          {{- if .Values.monitoring.enabled }}
          ports: [{name: metrics, containerPort: 8233}]
          {{- end }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          {{- with .Values.extraVolumeMounts }}
          volumeMounts: {{- toYaml . | nindent 12 }}
          {{- end }}
      {{- with .Values.extraVolumes }}
      volumes: {{- toYaml . | nindent 8 }}
      {{- end }}
`;

const controller = `{{- if not (has .Values.kind (list "Deployment" "DaemonSet")) }}
{{- else }}
apiVersion: apps/v1
kind: {{ .Values.kind }}
metadata:
  name: {{ include "name" . }}
  namespace: {{ .Release.Namespace }}
spec:
  {{- if eq .Values.kind "Deployment" }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  revisionHistoryLimit: 2
  selector:
    matchLabels: {{- include "selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "selector" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "name" . }}
${pod}{{- end }}
`;

const rules = `  - {apiGroups: [""], resources: [configmaps, services], verbs: [get, list, watch]}
  - {apiGroups: [""], resources: [events], verbs: [create, patch, update]}
  - {apiGroups: [""], resources: [nodes], verbs: ["*"]}
  - {apiGroups: [""], resources: [nodes/status, services/status], verbs: [patch, update]}
  - {apiGroups: [""], resources: [serviceaccounts], verbs: [create]}
  - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, get, list, watch, update]}
`;

export const hcloudCloudControllerManager: StandIn = {
  name: 'hcloud-cloud-controller-manager',
  releases: ['1.35.0', '1.34.0', '1.30.1'].map((version) => ({ version, appVersion: version })),
  values: `args:
  cloud-provider: hcloud
  allow-untagged-cloud: ""
  route-reconciliation-period: 30s
  webhook-secure-port: "0"
kind: Deployment
replicaCount: 1
env:
  HCLOUD_TOKEN: {valueFrom: {secretKeyRef: {name: hcloud, key: token}}}
  ROBOT_USER: {valueFrom: {secretKeyRef: {name: hcloud, key: robot-user, optional: true}}}
  ROBOT_PASSWORD: {valueFrom: {secretKeyRef: {name: hcloud, key: robot-password, optional: true}}}
image:
  repository: docker.io/hetznercloud/hcloud-cloud-controller-manager
  tag: "v{{ $.Chart.Version }}"
monitoring: {enabled: true, podMonitor: {enabled: false}}
nameOverride: ~
networking:
  enabled: false
  clusterCIDR: 10.244.0.0/16
  network: {valueFrom: {secretKeyRef: {name: hcloud, key: network}}}
resources: {requests: {cpu: 100m, memory: 50Mi}}
podSecurityContext: {runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: {type: RuntimeDefault}}
securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
additionalTolerations: []
nodeSelector: {}
podLabels: {}
podAnnotations: {}
extraVolumeMounts: []
extraVolumes: []
`,
  templates: {
    'controller.yaml': controller,
    'serviceaccount.yaml': account().replaceAll('"fullname"', '"name"'),
    'clusterrole.yaml': clusterRole(
      'system:{{ include "name" . }}',
      rules,
      '{{ include "name" . }}',
    ),
  },
};
