import { apiServerAddress, onePerNode, settingsChecksum } from './snippets.js';

/** The proxy for traffic of Gateways: a DaemonSet of its own since Cilium 1.16. */
export const envoy = {
  'templates/cilium-envoy/configmap.yaml': `{{- if ne (toString .Values.envoy.enabled) "false" }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: cilium-envoy-config
  namespace: {{ .Release.Namespace }}
data:
  bootstrap-config.json: '{"node": {"id": "host~127.0.0.1~no-id~localdomain", "cluster": "ingress-cluster"}}'
{{- end }}
`,
  'templates/cilium-envoy/daemonset.yaml': `{{- if ne (toString .Values.envoy.enabled) "false" }}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: cilium-envoy
  namespace: {{ .Release.Namespace }}
  labels:
    k8s-app: cilium-envoy
    name: cilium-envoy
    app.kubernetes.io/part-of: cilium
    app.kubernetes.io/name: cilium-envoy
spec:
  selector:
    matchLabels: {k8s-app: cilium-envoy}
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 2}
  template:
    metadata:
      {{- if .Values.envoy.rollOutPods }}
      annotations:
        ${settingsChecksum(8)}
      {{- end }}
      labels:
        k8s-app: cilium-envoy
        name: cilium-envoy
        app.kubernetes.io/name: cilium-envoy
        app.kubernetes.io/part-of: cilium
    spec:
      hostNetwork: true
      restartPolicy: Always
      priorityClassName: system-node-critical
      serviceAccountName: cilium-envoy
      terminationGracePeriodSeconds: 1
      affinity:
        ${onePerNode('k8s-app: cilium-envoy')}
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {k8s-app: cilium}}
      nodeSelector: {{- toYaml .Values.envoy.nodeSelector | nindent 8 }}
      tolerations: {{- toYaml .Values.envoy.tolerations | nindent 8 }}
      containers:
        - name: cilium-envoy
          image: "{{ .Values.envoy.image.repository }}:{{ .Values.envoy.image.tag }}"
          imagePullPolicy: {{ .Values.envoy.image.pullPolicy }}
          command: [/usr/bin/cilium-envoy-starter]
          args: [--, -c, /var/run/cilium/envoy/bootstrap-config.json]
          env:
            - name: K8S_NODE_NAME
              valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}
            ${apiServerAddress}
          readinessProbe:
            httpGet: {host: 127.0.0.1, path: /healthz, port: 9878, scheme: HTTP}
            failureThreshold: 3
            periodSeconds: 30
          {{- with .Values.envoy.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            capabilities:
              drop: [ALL]
              add: [NET_ADMIN, SYS_ADMIN]
          volumeMounts:
            - {name: envoy-config, mountPath: /var/run/cilium/envoy/, readOnly: true}
      volumes:
        - name: envoy-config
          configMap: {name: cilium-envoy-config}
{{- end }}
`,
};
