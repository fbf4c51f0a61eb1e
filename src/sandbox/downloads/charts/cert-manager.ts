import {
  account,
  clusterRole,
  definition,
  restrictedContainer,
  restrictedPod,
  service,
  workload,
  type OpenKind,
} from './parts.js';
import type { StandIn } from './stand-in.js';

// cert-manager/cert-manager, deploy/charts/cert-manager.
const container = (name: string, key: string): string => `${restrictedPod}      containers:
        - name: cert-manager-${name}
          image: "{{ ${key}.image.repository }}:{{ ${key}.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ ${key}.image.pullPolicy }}
${restrictedContainer}`;

const port = (name: string, number: number): string =>
  `          ports: [{name: ${name}, containerPort: ${number}, protocol: TCP}]\n`;

const controllerPod = `${container('controller', '.Values')}          args:
            - --v=2
            {{- if .Values.config }}
            - --config=/var/cert-manager/config/config.yaml
            {{- end }}
            - --cluster-resource-namespace=$(POD_NAMESPACE)
            - --leader-election-namespace={{ .Values.global.leaderElection.namespace }}
            {{- with .Values.extraArgs }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          env:
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
${port('http-metrics', 9402)}          {{- if .Values.config }}
          volumeMounts: [{name: config, mountPath: /var/cert-manager/config}]
      volumes:
        - {name: config, configMap: {name: {{ include "fullname" . }}}}
          {{- end }}
`;

const config = `{{- if .Values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "fullname" . }}
  namespace: {{ .Release.Namespace }}
data:
  config.yaml: |
    {{- .Values.config | toYaml | nindent 4 }}
{{- end }}
`;

const webhookKind = (
  kind: string,
  path: string,
  rule: string,
): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}WebhookConfiguration
metadata:
  name: {{ include "fullname" . }}-webhook
  annotations:
    cert-manager.io/inject-ca-from-secret: "{{ .Release.Namespace }}/{{ include "fullname" . }}-webhook-ca"
webhooks:
  - name: webhook.cert-manager.io
    rules:
      - ${rule}
    admissionReviewVersions: [v1]
    matchPolicy: Equivalent
    timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
    failurePolicy: Fail
    sideEffects: None
    clientConfig:
      service: {name: {{ include "fullname" . }}-webhook, namespace: {{ .Release.Namespace }}, path: ${path}}
`;

const kept = `    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    cert-manager.io/stand-in: "true"`;
const ready = `{name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}`;
const state = '{name: State, type: string, jsonPath: .status.state}';
const kind = (name: string, rest: Partial<OpenKind> = {}): OpenKind => ({
  group: 'cert-manager.io',
  version: 'v1',
  kind: name,
  plural: `${name.toLowerCase()}s`,
  annotations: kept,
  columns: [ready],
  ...rest,
});
const acme = { group: 'acme.cert-manager.io', columns: [state] };
const kinds: readonly OpenKind[] = [
  kind('Certificate', { shortNames: ['cert', 'certs'] }),
  kind('CertificateRequest', { shortNames: ['cr', 'crs'] }),
  kind('Issuer'),
  kind('ClusterIssuer', { scope: 'Cluster' }),
  kind('Order', acme),
  kind('Challenge', acme),
];

const rules = `  - {apiGroups: [cert-manager.io, acme.cert-manager.io], resources: ["*"], verbs: ["*"]}
  - {apiGroups: [""], resources: [secrets, events, pods, services], verbs: ["*"]}
  - {apiGroups: [networking.k8s.io, gateway.networking.k8s.io], resources: ["*"], verbs: ["*"]}
  - {apiGroups: [admissionregistration.k8s.io, apiextensions.k8s.io, apiregistration.k8s.io], resources: ["*"], verbs: [get, list, watch, update, patch]}
`;

const check = `{{- if .Values.startupapicheck.enabled }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "fullname" . }}-startupapicheck
  namespace: {{ .Release.Namespace }}
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 4
  template:
    spec:
      restartPolicy: OnFailure
      containers:
        - name: cert-manager-startupapicheck
          image: "quay.io/jetstack/cert-manager-startupapicheck:{{ .Chart.AppVersion }}"
          args: [check, api, --wait=1m, -v]
{{- end }}
`;

// Its schema knows every key, and refuses others (values.schema.json, "additionalProperties").
const topLevel =
  `acmesolver affinity approveSignerNames automountServiceAccountToken cainjector clusterResourceNamespace
config containerSecurityContext crds creator deploymentAnnotations disableAutoApproval dns01RecursiveNameservers
dns01RecursiveNameserversOnly enableCertificateOwnerRef enableServiceLinks enabled extraArgs extraEnv extraObjects
featureGates fullnameOverride global hostAliases http_proxy https_proxy image ingressShim installCRDs livenessProbe
maxConcurrentChallenges nameOverride namespace no_proxy nodeSelector podAnnotations podDisruptionBudget podDnsConfig
podDnsPolicy podLabels prometheus replicaCount resources securityContext serviceAccount serviceAnnotations
serviceIPFamilies serviceIPFamilyPolicy serviceLabels startupapicheck strategy tolerations topologySpreadConstraints
verticalPodAutoscaler volumeMounts volumes webhook`.split(/\s+/);

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(topLevel.map((name) => [name, {}])),
    config: { type: 'object' },
    crds: {
      type: 'object',
      additionalProperties: false,
      properties: { enabled: { type: 'boolean' }, keep: { type: 'boolean' } },
    },
    extraArgs: { type: 'array' },
    installCRDs: { type: 'boolean' },
    replicaCount: { type: 'number' },
  },
};

const image = (name: string): string =>
  `image: {repository: quay.io/jetstack/cert-manager-${name}, tag: "", pullPolicy: IfNotPresent}`;
const pods =
  'replicaCount: 1, nodeSelector: {kubernetes.io/os: linux}, tolerations: [], affinity: {}, podLabels: {}, podAnnotations: {}';

export const certManager: StandIn = {
  name: 'cert-manager',
  releases: ['v1.21.2', 'v1.21.1', 'v1.20.3'].map((version) => ({ version, appVersion: version })),
  values: `global: {leaderElection: {namespace: kube-system}}
crds: {enabled: false, keep: true}
installCRDs: false
config: {}
extraArgs: []
${image('controller')}
nameOverride: ""
replicaCount: 1
nodeSelector: {kubernetes.io/os: linux}
tolerations: []
affinity: {}
podLabels: {}
topologySpreadConstraints: []
cainjector: {enabled: true, ${image('cainjector')}, ${pods}}
webhook: {timeoutSeconds: 30, securePort: 10250, ${image('webhook')}, ${pods}}
startupapicheck: {enabled: true}
`,
  schema,
  templates: {
    'config.yaml': config,
    'crds.yaml': `{{- if or .Values.crds.enabled .Values.installCRDs }}\n${kinds.map(definition).join('---\n')}{{- end }}\n`,
    'deployment.yaml': workload({
      label: 'controller',
      replicas: '.Values.replicaCount',
      values: '.Values',
      pod: controllerPod,
    }),
    'cainjector.yaml': `{{- if .Values.cainjector.enabled }}\n${workload({
      component: 'cainjector',
      replicas: '.Values.cainjector.replicaCount',
      values: '.Values.cainjector',
      account: '{{ include "fullname" . }}',
      pod: container('cainjector', '.Values.cainjector') + '          args: [--v=2]\n',
    })}{{- end }}\n`,
    'webhook.yaml': workload({
      component: 'webhook',
      replicas: '.Values.webhook.replicaCount',
      values: '.Values.webhook',
      account: '{{ include "fullname" . }}',
      pod:
        container('webhook', '.Values.webhook') +
        `          args:
            - --v=2
            - --secure-port={{ .Values.webhook.securePort }}
            - --dynamic-serving-ca-secret-name={{ include "fullname" . }}-webhook-ca
${port('https', 10_250)}`,
    }),
    'webhook-service.yaml': service(
      'webhook',
      '{name: https, port: 443, protocol: TCP, targetPort: https}',
    ),
    'webhook-validating.yaml': webhookKind(
      'Validating',
      '/validate',
      '{apiGroups: [cert-manager.io, acme.cert-manager.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: ["*/*"]}',
    ),
    'webhook-mutating.yaml': webhookKind(
      'Mutating',
      '/mutate',
      '{apiGroups: [cert-manager.io], apiVersions: [v1], operations: [CREATE], resources: [certificaterequests]}',
    ),
    'serviceaccount.yaml': account(),
    'rbac.yaml': clusterRole('{{ include "fullname" . }}-controller', rules),
    'startupapicheck.yaml': check,
  },
};
