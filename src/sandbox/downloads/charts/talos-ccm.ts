import { account, clusterRole } from './parts.js';
import type { StandIn } from './stand-in.js';

// siderolabs/talos-cloud-controller-manager, charts/talos-cloud-controller-manager.
const controller = `apiVersion: apps/v1
kind: {{ ternary "DaemonSet" "Deployment" .Values.daemonSet.enabled }}
metadata:
  name: {{ include "fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
spec:
  {{- if .Values.daemonSet.enabled }}
  updateStrategy: {type: {{ .Values.updateStrategy.type }}}
  {{- else }}
  replicas: {{ .Values.replicaCount }}
  strategy: {type: {{ .Values.updateStrategy.type }}}
  {{- end }}
  selector:
    matchLabels: {{- include "selector" . | nindent 6 }}
  template:
    metadata:
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      labels: {{- include "selector" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "fullname" . }}
      securityContext: {{- toYaml .Values.podSecurityContext | nindent 8 }}
      {{- if .Values.daemonSet.enabled }}
      dnsPolicy: ClusterFirstWithHostNet
      hostNetwork: true
      {{- end }}
      priorityClassName: {{ .Values.priorityClassName }}
      nodeSelector: {{- toYaml .Values.nodeSelector | nindent 8 }}
      tolerations:
        {{- with .Values.tolerations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- if .Values.daemonSet.enabled }}
        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoSchedule}
        {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: ["/talos-cloud-controller-manager"]
          args:
            - --v={{ .Values.logVerbosityLevel }}
            - --cloud-provider=talos
            - --cloud-config=/etc/talos/ccm-config.yaml
            - --controllers={{ join "," .Values.enabledControllers }}
            - --leader-elect-resource-name=cloud-controller-manager-talos
            - --use-service-account-credentials
            - --secure-port={{ .Values.service.containerPort }}
            {{- with .Values.extraArgs }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          securityContext: {{- toYaml .Values.securityContext | nindent 12 }}
          ports: [{name: metrics, containerPort: {{ .Values.service.containerPort }}, protocol: TCP}]
          resources: {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts:
            - {name: cloud-config, mountPath: /etc/talos, readOnly: true}
            - {name: talos-secrets, mountPath: /var/run/secrets/talos.dev, readOnly: true}
      volumes:
        - {name: cloud-config, configMap: {name: {{ include "fullname" . }}, defaultMode: 416}}
        - {name: talos-secrets, secret: {secretName: {{ include "fullname" . }}-talos-secrets, defaultMode: 416}}
`;

const rules = `  - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}
  - {apiGroups: [""], resources: [events], verbs: [create, patch, update]}
  - {apiGroups: [""], resources: [nodes, nodes/status], verbs: [get, list, watch, update, patch]}
  - {apiGroups: [""], resources: [serviceaccounts, serviceaccounts/token], verbs: [create, get]}
  - {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [list, watch]}
  - {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}
  - {apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [kubernetes.io/kubelet-serving], verbs: [approve]}
`;

export const talosCloudControllerManager: StandIn = {
  name: 'talos-cloud-controller-manager',
  releases: [
    // v1.13.0 is the release between 0.5.4 and 0.5.5 (hcloud-k8s 5.2.0 and its chart of 9 July 2026).
    { version: '0.5.5', appVersion: 'v1.13.0' },
    { version: '0.5.4', appVersion: 'v1.12.0' },
  ],
  values: `replicaCount: 1
image: {repository: ghcr.io/siderolabs/talos-cloud-controller-manager, pullPolicy: IfNotPresent, tag: ""}
nameOverride: ""
fullnameOverride: ""
extraArgs: []
enabledControllers: [cloud-node, node-csr-approval]
transformations: []
logVerbosityLevel: 2
priorityClassName: system-cluster-critical
podAnnotations: {}
podSecurityContext: {runAsNonRoot: true, runAsUser: 10258, runAsGroup: 10258, fsGroup: 10258}
securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
service: {port: 10458, containerPort: 10458}
resources: {requests: {cpu: 10m, memory: 64Mi}}
daemonSet: {enabled: false, k8s: {serviceHost: "", servicePort: 6443}}
updateStrategy: {type: RollingUpdate}
nodeSelector: {node-role.kubernetes.io/control-plane: ""}
tolerations:
  - {effect: NoSchedule, key: node-role.kubernetes.io/control-plane, operator: Exists}
  - {effect: NoSchedule, key: node.cloudprovider.kubernetes.io/uninitialized, operator: Exists}
`,
  templates: {
    'configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "fullname" . }}
  namespace: {{ .Release.Namespace }}
data:
  ccm-config.yaml: |
    global:
    {{- with .Values.transformations }}
    transformations: {{- toYaml . | nindent 6 }}
    {{- end }}
`,
    'deployment.yaml': controller,
    'serviceaccount.yaml': `${account()}---
apiVersion: talos.dev/v1alpha1
kind: ServiceAccount
metadata:
  name: {{ include "fullname" . }}-talos-secrets
  namespace: {{ .Release.Namespace }}
spec:
  roles: [os:reader]
`,
    'service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ include "fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
spec:
  clusterIP: None
  ports: [{name: metrics, port: {{ .Values.service.port }}, targetPort: {{ .Values.service.containerPort }}, protocol: TCP}]
  selector: {{- include "selector" . | nindent 4 }}
`,
    'role.yaml': clusterRole('system:{{ include "fullname" . }}', rules),
  },
};
