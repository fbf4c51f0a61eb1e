import { apiServerAddress, onePerNode, settingsChecksum } from './snippets.js';

/** The operator. Its replicas share the hosts' network, so two never run on the same node. */
export const operator = {
  'templates/cilium-operator/deployment.yaml': `{{- if .Values.operator.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cilium-operator
  namespace: {{ .Release.Namespace }}
  labels:
    io.cilium/app: operator
    name: cilium-operator
    app.kubernetes.io/part-of: cilium
    app.kubernetes.io/name: cilium-operator
spec:
  replicas: {{ .Values.operator.replicas }}
  selector:
    matchLabels: {io.cilium/app: operator, name: cilium-operator}
  strategy:
    {{- if eq (int .Values.operator.replicas) 1 }}
    type: RollingUpdate
    rollingUpdate: {maxSurge: 25%, maxUnavailable: 100%}
    {{- else }}
    {{- toYaml .Values.operator.updateStrategy | nindent 4 }}
    {{- end }}
  template:
    metadata:
      annotations:
        {{- if .Values.operator.prometheus.enabled }}
        prometheus.io/port: {{ .Values.operator.prometheus.port | quote }}
        prometheus.io/scrape: "true"
        {{- end }}
        {{- if .Values.operator.rollOutPods }}
        ${settingsChecksum(8)}
        {{- end }}
        {{- with .Values.operator.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      labels:
        io.cilium/app: operator
        name: cilium-operator
        app.kubernetes.io/part-of: cilium
        app.kubernetes.io/name: cilium-operator
    spec:
      hostNetwork: true
      restartPolicy: Always
      priorityClassName: system-cluster-critical
      serviceAccountName: cilium-operator
      affinity:
        ${onePerNode('io.cilium/app: operator')}
      nodeSelector: {{- toYaml .Values.operator.nodeSelector | nindent 8 }}
      tolerations: {{- toYaml .Values.operator.tolerations | nindent 8 }}
      containers:
        - name: cilium-operator
          image: "{{ .Values.operator.image.repository }}-generic{{ .Values.operator.image.suffix }}:{{ .Values.operator.image.tag }}"
          imagePullPolicy: {{ .Values.operator.image.pullPolicy }}
          command: [cilium-operator-generic]
          args: [--config-dir=/tmp/cilium/config-map]
          env:
            - name: K8S_NODE_NAME
              valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}
            ${apiServerAddress}
          {{- if .Values.operator.prometheus.enabled }}
          ports:
            - {name: prometheus, containerPort: {{ .Values.operator.prometheus.port }}, hostPort: {{ .Values.operator.prometheus.port }}, protocol: TCP}
          {{- end }}
          readinessProbe:
            httpGet: {host: 127.0.0.1, path: /healthz, port: 9234, scheme: HTTP}
            failureThreshold: 5
            periodSeconds: 5
          {{- with .Values.operator.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            - {name: cilium-config-path, mountPath: /tmp/cilium/config-map, readOnly: true}
      volumes:
        - name: cilium-config-path
          configMap: {name: cilium-config}
{{- end }}
`,
};
