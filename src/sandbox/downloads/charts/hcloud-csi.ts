import { account, clusterRole, workload } from './parts.js';
import type { StandIn } from './stand-in.js';

// hetznercloud/csi-driver, chart/.
const sidecar = (name: string, image: string): string => `        - name: ${name}
          image: registry.k8s.io/sig-storage/${image}
          imagePullPolicy: IfNotPresent
          volumeMounts: [{name: socket-dir, mountPath: /run/csi}]
`;

const driverImage = '{{ .hcloudCSIDriver.name }}:{{ tpl .hcloudCSIDriver.tag $ }}';

const controllerPod = `      {{- with .Values.controller.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext: {fsGroup: 1001}
      containers:
        - name: hcloud-csi-driver
          {{- with .Values.controller.image }}
          image: ${driverImage}
          {{- end }}
          imagePullPolicy: IfNotPresent
          args: [-controller]
          env:
            - {name: CSI_ENDPOINT, value: "unix:///run/csi/socket"}
            {{- with .Values.controller.hcloudVolumeDefaultLocation }}
            - {name: HCLOUD_VOLUME_DEFAULT_LOCATION, value: {{ . | quote }}}
            {{- end }}
            {{- if .Values.controller.volumeExtraLabels }}
            {{- $pairs := list }}
            {{- range $key, $value := .Values.controller.volumeExtraLabels }}
            {{- $pairs = append $pairs (printf "%s=%s" $key $value) }}
            {{- end }}
            - {name: HCLOUD_VOLUME_EXTRA_LABELS, value: {{ join "," $pairs | quote }}}
            {{- end }}
            - {name: ENABLE_METRICS, value: {{ .Values.metrics.enabled | quote }}}
            - {name: KUBE_NODE_NAME, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}}
            - name: HCLOUD_TOKEN
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.controller.hcloudToken.existingSecret.name }}
                  key: {{ .Values.controller.hcloudToken.existingSecret.key }}
            {{- with .Values.controller.extraEnvVars }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports: [{name: healthz, protocol: TCP, containerPort: 9808}]
          volumeMounts: [{name: socket-dir, mountPath: /run/csi}]
${sidecar('csi-attacher', 'csi-attacher:v4.11.0')}${sidecar('csi-resizer', 'csi-resizer:v2.1.0')}${sidecar('csi-provisioner', 'csi-provisioner:v6.2.0')}${sidecar('liveness-probe', 'livenessprobe:v2.18.0')}      volumes:
        - {name: socket-dir, emptyDir: {}}
`;

const nodePod = `      {{- if .Values.node.hostNetwork }}
      hostNetwork: true
      {{- end }}
      {{- if not .Values.node.tolerations }}
      tolerations:
        - {effect: NoExecute, operator: Exists}
        - {effect: NoSchedule, operator: Exists}
        - {key: CriticalAddonsOnly, operator: Exists}
      {{- end }}
      securityContext: {fsGroup: 1001}
      containers:
        - name: csi-node-driver-registrar
          image: registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.16.0
          args: ["--kubelet-registration-path={{ .Values.node.kubeletDir }}/plugins/csi.hetzner.cloud/socket"]
          volumeMounts:
            - {name: plugin-dir, mountPath: /run/csi}
            - {name: registration-dir, mountPath: /registration}
        - name: liveness-probe
          image: registry.k8s.io/sig-storage/livenessprobe:v2.18.0
          volumeMounts: [{name: plugin-dir, mountPath: /run/csi}]
        - name: hcloud-csi-driver
          {{- with .Values.node.image }}
          image: ${driverImage}
          {{- end }}
          args: [-node]
          env:
            - {name: CSI_ENDPOINT, value: "unix:///run/csi/socket"}
            - {name: ENABLE_METRICS, value: {{ .Values.metrics.enabled | quote }}}
          ports: [{name: healthz, protocol: TCP, containerPort: 9808}]
          securityContext: {privileged: true}
          volumeMounts:
            - {name: kubelet-dir, mountPath: {{ .Values.node.kubeletDir }}, mountPropagation: Bidirectional}
            - {name: plugin-dir, mountPath: /run/csi}
            - {name: device-dir, mountPath: /dev}
      volumes:
        - {name: kubelet-dir, hostPath: {path: {{ .Values.node.kubeletDir }}, type: Directory}}
        - {name: plugin-dir, hostPath: {path: {{ .Values.node.kubeletDir }}/plugins/csi.hetzner.cloud/, type: DirectoryOrCreate}}
        - {name: registration-dir, hostPath: {path: {{ .Values.node.kubeletDir }}/plugins_registry/, type: Directory}}
        - {name: device-dir, hostPath: {path: /dev, type: Directory}}
`;

const classes = `{{- range .Values.storageClasses }}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: {{ .name }}
  annotations:
    storageclass.kubernetes.io/is-default-class: {{ .defaultStorageClass | default "false" | quote }}
    {{- with .annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
provisioner: csi.hetzner.cloud
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
reclaimPolicy: {{ .reclaimPolicy | quote }}
{{- with .extraParameters }}
parameters: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
`;

const budget = `{{- if .Values.controller.podDisruptionBudget.create }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "fullname" . }}-controller
  namespace: {{ .Release.Namespace }}
spec:
  {{- with .Values.controller.podDisruptionBudget.minAvailable }}
  minAvailable: {{ . }}
  {{- end }}
  {{- with .Values.controller.podDisruptionBudget.maxUnavailable }}
  maxUnavailable: {{ . }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "selector" . | nindent 6 }}
      app.kubernetes.io/component: controller
{{- end }}
`;

const rules = `  - {apiGroups: [""], resources: [nodes, pods], verbs: [get, list, watch]}
  - {apiGroups: [""], resources: [persistentvolumes], verbs: [get, list, watch, create, delete, update, patch]}
  - {apiGroups: [""], resources: [persistentvolumeclaims, persistentvolumeclaims/status], verbs: [get, list, watch, update, patch]}
  - {apiGroups: [""], resources: [events], verbs: [get, list, watch, create, update, patch]}
  - {apiGroups: [storage.k8s.io], resources: [csinodes, storageclasses, volumeattributesclasses], verbs: [get, list, watch]}
  - {apiGroups: [storage.k8s.io], resources: [volumeattachments, volumeattachments/status], verbs: [get, list, watch, update, patch]}
`;

const texts = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, { type: 'string' }]));

export const hcloudCsi: StandIn = {
  name: 'hcloud-csi',
  releases: ['2.22.1', '2.22.0', '2.20.2'].map((version) => ({ version, appVersion: version })),
  values: `global: {imagePullSecrets: [], enableProvidedByTopology: false}
nameOverride: ""
fullnameOverride: ""
controller:
  image: {hcloudCSIDriver: {name: docker.io/hetznercloud/hcloud-csi-driver, tag: "v{{ .Chart.Version }}"}}
  replicaCount: 1
  hcloudToken: {existingSecret: {name: hcloud, key: token}}
  hcloudVolumeDefaultLocation: ""
  volumeExtraLabels: {}
  podDisruptionBudget: {create: true, minAvailable: 1, maxUnavailable: ""}
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          preference: {matchExpressions: [{key: instance.hetzner.cloud/provided-by, operator: In, values: [cloud]}]}
  nodeSelector: {}
  tolerations: []
  priorityClassName: ""
  topologySpreadConstraints: []
  podLabels: {}
  podAnnotations: {}
  extraEnvVars: []
node:
  image: {hcloudCSIDriver: {name: docker.io/hetznercloud/hcloud-csi-driver, tag: "v{{ .Chart.Version }}"}}
  hostNetwork: false
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions:
              - {key: instance.hetzner.cloud/is-root-server, operator: NotIn, values: ["true"]}
              - {key: instance.hetzner.cloud/provided-by, operator: NotIn, values: [robot]}
  nodeSelector: {}
  tolerations: []
  podLabels: {}
  podAnnotations: {}
  kubeletDir: /var/lib/kubelet
metrics: {enabled: false}
storageClasses:
  - {name: hcloud-volumes, defaultStorageClass: true, reclaimPolicy: Delete, annotations: {}, extraParameters: {}}
`,
  // Its schema names types and lets unknown keys pass.
  schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      controller: {
        type: 'object',
        properties: {
          replicaCount: { type: 'integer' },
          volumeExtraLabels: { type: 'object' },
          tolerations: { type: 'array' },
          nodeSelector: { type: 'object' },
          ...texts('hcloudVolumeDefaultLocation', 'priorityClassName'),
        },
      },
      node: {
        type: 'object',
        properties: {
          hostNetwork: { type: 'boolean' },
          tolerations: { type: 'array' },
          ...texts('kubeletDir'),
        },
      },
      storageClasses: { type: 'array' },
    },
  },
  templates: {
    'controller/deployment.yaml': workload({
      component: 'controller',
      replicas: '.Values.controller.replicaCount',
      values: '.Values.controller',
      pod: controllerPod,
    }),
    'controller/serviceaccount.yaml': account('controller'),
    'controller/clusterrole.yaml': clusterRole(
      '{{ include "fullname" . }}-controller',
      rules,
      '{{ include "fullname" . }}-controller',
    ),
    'controller/poddisruptionbudget.yaml': budget,
    'core/storageclass.yaml': classes,
    'core/csidriver.yaml': `apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: csi.hetzner.cloud}
spec:
  attachRequired: true
  fsGroupPolicy: File
  podInfoOnMount: true
  seLinuxMount: true
  volumeLifecycleModes: [Persistent]
`,
    'node/daemonset.yaml': workload({
      kind: 'DaemonSet',
      component: 'node',
      values: '.Values.node',
      account: 'default',
      pod: nodePod,
    }),
  },
};
