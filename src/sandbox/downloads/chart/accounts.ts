const clusterWide = (name: string, rules: string): string => `---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
  labels: {app.kubernetes.io/part-of: cilium}
rules:
${rules}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${name}
  labels: {app.kubernetes.io/part-of: cilium}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name}}
subjects:
  - {kind: ServiceAccount, name: ${name}, namespace: "{{ .Release.Namespace }}"}
`;

const watched = `  - apiGroups: [""]
    resources: [namespaces, services, pods, endpoints, nodes]
    verbs: [get, list, watch]
  - apiGroups: [networking.k8s.io]
    resources: [networkpolicies]
    verbs: [get, list, watch]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [get, list, watch]
  - apiGroups: [cilium.io]
    resources: ["*"]
    verbs: ["*"]
`;

const published = `  - apiGroups: [""]
    resources: [services/status, nodes/status]
    verbs: [update, patch]
  - apiGroups: [apiextensions.k8s.io]
    resources: [customresourcedefinitions]
    verbs: [create, get, list, watch, update]
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [create, get, update]
  - apiGroups: [gateway.networking.k8s.io]
    resources: ["*"]
    verbs: [get, list, watch, update, patch]
`;

/** Service accounts and what they may do. */
export const accounts = {
  'templates/cilium-agent/rbac.yaml': clusterWide('cilium', watched),
  'templates/cilium-operator/rbac.yaml': clusterWide('cilium-operator', watched + published),
  'templates/cilium-envoy/serviceaccount.yaml': `apiVersion: v1
kind: ServiceAccount
metadata:
  name: cilium-envoy
  namespace: {{ .Release.Namespace }}
`,
};
