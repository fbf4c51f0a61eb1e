/** A workload in a template. */
export interface WorkloadPart {
  readonly kind?: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  /** Part of the name behind the release's, as `webhook`; none when left out. */
  readonly component?: string;
  /** The label of its component; the part of its name when left out. */
  readonly label?: string;
  /** Where its replicas are among the values; one when left out. */
  readonly replicas?: string;
  /** Where its own placement and labels are among the values, as `.Values.webhook`. */
  readonly values: string;
  readonly account?: string;
  /** The containers and volumes of its pod, indented by six. */
  readonly pod: string;
}

/** A pod as PodSecurity's “restricted” wants it, as most charts write it: its part of the pod, indented by six. */
export const restrictedPod = `      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
`;

/** The part of each of its containers, indented by ten. */
export const restrictedContainer = `          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
`;

const nameOf = (component: string | undefined): string =>
  `{{ include "fullname" . }}${component === undefined ? '' : `-${component}`}`;

/** A workload of a chart as most charts write it. */
export function workload(part: WorkloadPart): string {
  const { kind = 'Deployment', component, values, account, pod, label = component } = part;
  const { replicas: wanted } = part;
  const marked = label === undefined ? '' : `\n      app.kubernetes.io/component: ${label}`;
  const count = wanted === undefined ? '1' : `{{ ${wanted} }}`;
  const replicas = kind === 'DaemonSet' ? '' : `\n  replicas: ${count}`;
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${nameOf(component)}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
spec:${replicas}${kind === 'StatefulSet' ? `\n  serviceName: ${nameOf(component)}` : ''}
  selector:
    matchLabels:
      {{- include "selector" . | nindent 6 }}${marked}
  template:
    metadata:
      {{- with ${values}.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "selector" . | nindent 8 }}${marked.replace('      ', '        ')}
        {{- with ${values}.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: ${account ?? nameOf(component)}
      {{- include "placement" ${values} | nindent 6 }}
${pod}`;
}

/** A service account of the release. */
export function account(component?: string): string {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${nameOf(component)}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
`;
}

/** A ClusterRole of this name with its binding to a service account of the release. */
export function clusterRole(name: string, rules: string, subject = nameOf(undefined)): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
rules:
${rules}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${name}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${name}"}
subjects:
  - {kind: ServiceAccount, name: "${subject}", namespace: "{{ .Release.Namespace }}"}
`;
}

/** A Service that leads to the pods of a component. */
export function service(component: string | undefined, ports: string, type = 'ClusterIP'): string {
  const label = component === undefined ? '' : `\n    app.kubernetes.io/component: ${component}`;
  return `apiVersion: v1
kind: Service
metadata:
  name: ${nameOf(component)}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "labels" . | nindent 4 }}
spec:
  type: ${type}
  selector:
    {{- include "selector" . | nindent 4 }}${label}
  ports: [${ports}]
`;
}

/** A kind of a custom resource whose content is taken as it comes. */
export interface OpenKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly version: string;
  readonly scope?: 'Cluster' | 'Namespaced';
  readonly shortNames?: readonly string[];
  /** Lines of a mapping below `annotations`, indented by four. */
  readonly annotations?: string;
  /** Printer columns in flow style. */
  readonly columns?: readonly string[];
}

/** The definition of such a kind. */
export function definition(kind: OpenKind): string {
  const { group, plural, version, scope = 'Namespaced', shortNames = [], columns = [] } = kind;
  const shown = columns.map((column) => `\n        - ${column}`).join('');
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.${group}${kind.annotations === undefined ? '' : `\n  annotations:\n${kind.annotations}`}
spec:
  group: ${group}
  scope: ${scope}
  names: {kind: ${kind.kind}, listKind: ${kind.kind}List, plural: ${plural}, singular: ${kind.kind.toLowerCase()}, shortNames: [${shortNames.join(', ')}]}
  versions:
    - name: ${version}
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns:${shown}
        - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;
}
