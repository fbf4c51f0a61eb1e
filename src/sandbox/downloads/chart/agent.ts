import { apiServerAddress, onePerNode, settingsChecksum } from './snippets.js';

/** The agent: one pod on every node, also on nodes that are not ready for anything else. */
export const agent = {
  'templates/cilium-agent/daemonset.yaml': `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: cilium
  namespace: {{ .Release.Namespace }}
  labels:
    k8s-app: cilium
    app.kubernetes.io/part-of: cilium
    app.kubernetes.io/name: cilium-agent
spec:
  selector:
    matchLabels: {k8s-app: cilium}
  updateStrategy: {{- toYaml .Values.updateStrategy | nindent 4 }}
  template:
    metadata:
      annotations:
        kubectl.kubernetes.io/default-container: cilium-agent
        {{- if .Values.rollOutCiliumPods }}
        ${settingsChecksum(8)}
        {{- end }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      labels:
        k8s-app: cilium
        app.kubernetes.io/name: cilium-agent
        app.kubernetes.io/part-of: cilium
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      hostNetwork: true
      restartPolicy: Always
      priorityClassName: system-node-critical
      serviceAccountName: cilium
      terminationGracePeriodSeconds: 1
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      affinity:
        ${onePerNode('k8s-app: cilium')}
      nodeSelector: {{- toYaml .Values.nodeSelector | nindent 8 }}
      tolerations: {{- toYaml .Values.tolerations | nindent 8 }}
      initContainers:
        {{- if .Values.cgroup.autoMount.enabled }}
        - name: mount-cgroup
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: [sh, -ec, cilium-mount /hostproc/1/ns/cgroup]
        {{- end }}
        - name: clean-cilium-state
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: [/init-container.sh]
          env:
            ${apiServerAddress}
          securityContext:
            capabilities:
              drop: [ALL]
              add: {{- toYaml .Values.securityContext.capabilities.cleanCiliumState | nindent 16 }}
      containers:
        - name: cilium-agent
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          command: [cilium-agent]
          args:
            - --config-dir=/tmp/cilium/config-map
            {{- with .Values.extraArgs }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          env:
            - name: K8S_NODE_NAME
              valueFrom: {fieldRef: {apiVersion: v1, fieldPath: spec.nodeName}}
            ${apiServerAddress}
          startupProbe:
            httpGet: {host: 127.0.0.1, path: /healthz, port: 9879, scheme: HTTP}
            failureThreshold: 300
            periodSeconds: 2
          livenessProbe:
            httpGet: {host: 127.0.0.1, path: /healthz, port: 9879, scheme: HTTP}
            failureThreshold: 10
            periodSeconds: 30
          readinessProbe:
            httpGet: {host: 127.0.0.1, path: /healthz, port: 9879, scheme: HTTP}
            failureThreshold: 3
            periodSeconds: 30
          {{- if .Values.prometheus.enabled }}
          ports:
            - {name: prometheus, containerPort: {{ .Values.prometheus.port }}, hostPort: {{ .Values.prometheus.port }}, protocol: TCP}
          {{- end }}
          {{- with .Values.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            {{- if .Values.securityContext.privileged }}
            privileged: true
            {{- else }}
            capabilities:
              drop: [ALL]
              add: {{- toYaml .Values.securityContext.capabilities.ciliumAgent | nindent 16 }}
            {{- end }}
          volumeMounts:
            - {name: cilium-cgroup, mountPath: {{ .Values.cgroup.hostRoot | quote }}}
            - {name: cni-path, mountPath: /host/opt/cni/bin}
            - {name: etc-cni-netd, mountPath: /host/etc/cni/net.d}
            - {name: cilium-config-path, mountPath: /tmp/cilium/config-map, readOnly: true}
      volumes:
        - name: cilium-cgroup
          hostPath: {path: {{ .Values.cgroup.hostRoot | quote }}, type: DirectoryOrCreate}
        - name: cni-path
          hostPath: {path: /opt/cni/bin, type: DirectoryOrCreate}
        - name: etc-cni-netd
          hostPath: {path: /etc/cni/net.d, type: DirectoryOrCreate}
        - name: cilium-config-path
          configMap: {name: cilium-config}
`,
};
