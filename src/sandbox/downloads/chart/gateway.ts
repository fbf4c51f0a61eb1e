/** What the chart adds for the Gateway API. */
export const gateway = {
  // With "auto" the class depends on the custom resource definitions that helm sees at that moment.
  'templates/cilium-gateway-api-class.yaml': `{{- if .Values.gatewayAPI.enabled }}
{{- $create := .Values.gatewayAPI.gatewayClass.create }}
{{- $known := .Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1/GatewayClass" }}
{{- if or (eq $create "true") (and (eq $create "auto") $known) }}
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: cilium
spec:
  controllerName: io.cilium/gateway-controller
  description: The default Cilium GatewayClass
{{- end }}
{{- end }}
`,
  'templates/cilium-secrets-namespace.yaml': `{{- with .Values.gatewayAPI }}
{{- if and .enabled .secretsNamespace.create }}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .secretsNamespace.name }}
  labels: {app.kubernetes.io/part-of: cilium}
{{- end }}
{{- end }}
`,
};
