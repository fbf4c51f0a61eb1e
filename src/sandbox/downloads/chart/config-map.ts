/** The agents' settings under the real chart's keys, each from the value that decides it. */
export const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: cilium-config
  namespace: {{ .Release.Namespace }}
  {{- with .Values.commonLabels }}
  labels: {{- toYaml . | nindent 4 }}
  {{- end }}
data:
  debug: {{ .Values.debug.enabled | quote }}
  identity-allocation-mode: crd
  cluster-name: {{ .Values.cluster.name | quote }}
  cluster-id: {{ .Values.cluster.id | quote }}
  ipam: {{ .Values.ipam.mode | quote }}
  enable-ipv4: {{ .Values.ipv4.enabled | quote }}
  enable-ipv6: {{ .Values.ipv6.enabled | quote }}
  k8s-require-ipv4-pod-cidr: {{ .Values.k8s.requireIPv4PodCIDR | quote }}
  k8s-require-ipv6-pod-cidr: {{ .Values.k8s.requireIPv6PodCIDR | quote }}
  routing-mode: {{ .Values.routingMode | default "tunnel" | quote }}
  tunnel-protocol: {{ .Values.tunnelProtocol | default "vxlan" | quote }}
  auto-direct-node-routes: {{ .Values.autoDirectNodeRoutes | quote }}
  {{- with .Values.ipv4NativeRoutingCIDR }}
  ipv4-native-routing-cidr: {{ . }}
  {{- end }}
  {{- with .Values.MTU }}
  mtu: {{ . | quote }}
  {{- end }}
  {{- if not (kindIs "invalid" .Values.bpf.masquerade) }}
  enable-bpf-masquerade: {{ .Values.bpf.masquerade | quote }}
  {{- end }}
  {{- if not (kindIs "invalid" .Values.bpf.hostLegacyRouting) }}
  enable-host-legacy-routing: {{ .Values.bpf.hostLegacyRouting | quote }}
  {{- end }}
  kube-proxy-replacement: {{ .Values.kubeProxyReplacement | quote }}
  {{- if eq (toString .Values.kubeProxyReplacement) "true" }}
  kube-proxy-replacement-healthz-bind-address: {{ .Values.kubeProxyReplacementHealthzBindAddr | quote }}
  {{- end }}
  bpf-lb-acceleration: {{ .Values.loadBalancer.acceleration | quote }}
  bpf-lb-mode: {{ .Values.loadBalancer.mode | quote }}
  enable-node-ipam: {{ .Values.nodeIPAM.enabled | quote }}
  default-lb-service-ipam: {{ .Values.defaultLBServiceIPAM | quote }}
  cgroup-root: {{ .Values.cgroup.hostRoot | quote }}
  write-cni-conf-when-ready: /host/etc/cni/net.d/05-cilium.conflist
  {{- if .Values.encryption.enabled }}
  {{ ternary "enable-wireguard" "enable-ipsec" (eq .Values.encryption.type "wireguard") }}: "true"
  encrypt-node: {{ .Values.encryption.nodeEncryption | quote }}
  {{- end }}
  {{- if .Values.prometheus.enabled }}
  prometheus-serve-addr: ":{{ .Values.prometheus.port }}"
  {{- end }}
  {{- if .Values.operator.prometheus.enabled }}
  operator-prometheus-serve-addr: ":{{ .Values.operator.prometheus.port }}"
  enable-metrics: "true"
  {{- end }}
  external-envoy-proxy: {{ ne (toString .Values.envoy.enabled) "false" | quote }}
  enable-hubble: {{ .Values.hubble.enabled | quote }}
  {{- if .Values.hubble.enabled }}
  hubble-listen-address: ":4244"
  hubble-socket-path: /var/run/cilium/hubble.sock
  {{- end }}
  {{- with .Values.gatewayAPI }}
  {{- if .enabled }}
  enable-envoy-config: "true"
  enable-gateway-api: "true"
  enable-gateway-api-secrets-sync: {{ .secretsNamespace.sync | quote }}
  enable-gateway-api-proxy-protocol: {{ .enableProxyProtocol | quote }}
  enable-gateway-api-app-protocol: {{ or .enableAppProtocol .enableAlpn | quote }}
  enable-gateway-api-alpn: {{ .enableAlpn | quote }}
  gateway-api-xff-num-trusted-hops: {{ .xffNumTrustedHops | quote }}
  gateway-api-service-externaltrafficpolicy: {{ .externalTrafficPolicy | quote }}
  gateway-api-secrets-namespace: {{ .secretsNamespace.name | quote }}
  gateway-api-hostnetwork-enabled: {{ .hostNetwork.enabled | quote }}
  {{- end }}
  {{- end }}
`;
