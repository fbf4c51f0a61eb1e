/** Pods are replaced when the settings change, where a value asks for it. */
export const settingsChecksum = (indent: number): string =>
  `{{- include (print $.Template.BasePath "/cilium-configmap.yaml") . | sha256sum | quote | printf "cilium.io/cilium-configmap-checksum: %s" | nindent ${indent} }}`;

/** At most one pod with these labels on a node. */
export const onePerNode = (labels: string): string => `podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {matchLabels: {${labels}}}`;

/** How host processes reach the Kubernetes API before there are Services: KubePrism on Talos. */
export const apiServerAddress = `{{- if .Values.k8sServiceHost }}
            - {name: KUBERNETES_SERVICE_HOST, value: {{ .Values.k8sServiceHost | quote }}}
            - {name: KUBERNETES_SERVICE_PORT, value: {{ .Values.k8sServicePort | quote }}}
            {{- end }}`;
