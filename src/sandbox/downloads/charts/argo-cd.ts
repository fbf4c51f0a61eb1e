import {
  account,
  clusterRole,
  definition,
  restrictedContainer,
  restrictedPod,
  service,
  workload,
} from './parts.js';
import type { StandIn } from './stand-in.js';

// argoproj/argo-helm, charts/argo-cd. Its resources are called argocd, whatever the chart is called.
interface Part {
  readonly component: string;
  readonly key: string;
  readonly kind?: 'Deployment' | 'StatefulSet';
  readonly image?: string;
  readonly port: number;
}

const own =
  '{{ .Values.global.image.repository }}:{{ .Values.global.image.tag | default .Chart.AppVersion }}';

const parts: readonly Part[] = [
  { component: 'application-controller', key: 'controller', kind: 'StatefulSet', port: 8082 },
  { component: 'applicationset-controller', key: 'applicationSet', port: 7000 },
  { component: 'notifications-controller', key: 'notifications', port: 9001 },
  { component: 'repo-server', key: 'repoServer', port: 8081 },
  { component: 'server', key: 'server', port: 8080 },
  { component: 'dex-server', key: 'dex', image: 'ghcr.io/dexidp/dex:v2.45.1', port: 5556 },
  {
    component: 'redis',
    key: 'redis',
    image: 'ecr-public.aws.com/docker/library/redis:8.2.3-alpine',
    port: 6379,
  },
];

function files({ component, key, kind, image = own, port }: Part): [string, string] {
  const values = `.Values.${key}`;
  const pod = `${restrictedPod}      containers:
        - name: ${component}
          image: "${image}"
          imagePullPolicy: IfNotPresent
${restrictedContainer}          ports: [{name: ${component.slice(0, 15).replace(/-$/, '')}, containerPort: ${port}, protocol: TCP}]
`;
  const content = [
    workload({
      ...(kind ? { kind } : {}),
      component,
      replicas: `${values}.replicas | default 1`,
      values,
      pod,
    }),
    account(component),
    service(component, `{name: main, port: ${port}, targetPort: ${port}}`),
  ].join('---\n');
  const condition = `ne (toString ${values}.enabled) "false"`;
  return [`${component}.yaml`, `{{- if ${condition} }}\n${content}{{- end }}\n`];
}

const kinds = [
  { kind: 'Application', shortNames: ['app', 'apps'] },
  { kind: 'ApplicationSet', shortNames: ['appset', 'appsets'] },
  { kind: 'AppProject', shortNames: ['appproj', 'appprojs'] },
];

const settings = `apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: {{ .Release.Namespace }}
  labels: {app.kubernetes.io/part-of: argocd}
data: {{- toYaml .Values.configs.cm | nindent 2 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cmd-params-cm
  namespace: {{ .Release.Namespace }}
  labels: {app.kubernetes.io/part-of: argocd}
data:
  {{- range $key, $value := .Values.configs.params }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  name: argocd-secret
  namespace: {{ .Release.Namespace }}
  labels: {app.kubernetes.io/part-of: argocd}
type: Opaque
`;

export const argoCd: StandIn = {
  name: 'argo-cd',
  releases: [
    { version: '10.1.1', appVersion: 'v3.4.4' },
    { version: '10.1.0', appVersion: 'v3.4.4' },
  ],
  values: `nameOverride: argocd
fullnameOverride: ""
global: {image: {repository: quay.io/argoproj/argocd, tag: ""}}
crds: {install: true, keep: true}
configs: {cm: {admin.enabled: "true"}, params: {server.insecure: false}}
controller: {replicas: 1}
applicationSet: {replicas: 1}
notifications: {enabled: true}
repoServer: {replicas: 1}
server: {replicas: 1}
dex: {enabled: true}
redis: {enabled: true}
redis-ha: {enabled: false}
`,
  templates: {
    ...Object.fromEntries(parts.map(files)),
    'configs.yaml': settings,
    'rbac.yaml': clusterRole(
      '{{ include "fullname" . }}-application-controller',
      '  - {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}\n',
      '{{ include "fullname" . }}-application-controller',
    ),
    'crds.yaml': `{{- if .Values.crds.install }}\n${kinds
      .map((kind) =>
        definition({
          ...kind,
          group: 'argoproj.io',
          version: 'v1alpha1',
          plural: `${kind.kind.toLowerCase()}s`,
          annotations:
            '    {{- if .Values.crds.keep }}\n    helm.sh/resource-policy: keep\n    {{- end }}\n    argocd.argoproj.io/stand-in: "true"',
        }),
      )
      .join('---\n')}{{- end }}\n`,
  },
};
