/** Refusals of the real chart that its schema cannot express, in its own words. */
export const checks = `{{- if not (has (toString .Values.kubeProxyReplacement) (list "true" "false")) }}
  {{- fail "kubeProxyReplacement must be explicitly set to a valid value (true or false) to continue." }}
{{- end }}
{{- if and .Values.hubble.ui.enabled (not .Values.hubble.relay.enabled) }}
  {{- fail "Hubble UI requires .Values.hubble.relay.enabled=true" }}
{{- end }}
{{- if and .Values.hubble.relay.enabled (not .Values.hubble.enabled) }}
  {{- fail "Hubble Relay requires .Values.hubble.enabled=true" }}
{{- end }}
{{- if and (eq .Values.routingMode "native") .Values.ipv4.enabled (not .Values.ipv4NativeRoutingCIDR) }}
  {{- fail " ipv4NativeRoutingCIDR must be set when routingMode is native" }}
{{- end }}
`;
