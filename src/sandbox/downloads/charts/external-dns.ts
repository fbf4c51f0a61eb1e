import {
  account,
  clusterRole,
  restrictedContainer,
  restrictedPod,
  service,
  workload,
} from './parts.js';
import type { StandIn } from './stand-in.js';

// kubernetes-sigs/external-dns, charts/external-dns.
const pod = `${restrictedPod}      containers:
        - name: external-dns
          image: {{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "v%s" .Chart.AppVersion) }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
${restrictedContainer}          args:
            - --log-level={{ .Values.logLevel }}
            - --log-format={{ .Values.logFormat }}
            - --interval={{ .Values.interval }}
            {{- range .Values.sources }}
            - --source={{ . }}
            {{- end }}
            - --policy={{ .Values.policy }}
            - --registry={{ .Values.registry }}
            {{- with .Values.txtOwnerId }}
            - --txt-owner-id={{ . }}
            {{- end }}
            {{- with .Values.txtPrefix }}
            - --txt-prefix={{ . }}
            {{- end }}
            {{- range .Values.domainFilters }}
            - --domain-filter={{ . }}
            {{- end }}
            - --provider={{ .Values.provider.name }}
            {{- range .Values.extraArgs }}
            - {{ . }}
            {{- end }}
          {{- with .Values.env }}
          env: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports: [{name: http, protocol: TCP, containerPort: 7979}]
        {{- if eq .Values.provider.name "webhook" }}
        - name: webhook
          image: {{ .Values.provider.webhook.image.repository }}:{{ .Values.provider.webhook.image.tag }}
          {{- with .Values.provider.webhook.env }}
          env: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports: [{name: http-webhook, protocol: TCP, containerPort: 8080}]
        {{- end }}
`;

const rules = `  - {apiGroups: ["", networking.k8s.io, discovery.k8s.io], resources: [services, pods, nodes, namespaces, endpoints, ingresses, endpointslices], verbs: [get, list, watch]}
  - {apiGroups: [gateway.networking.k8s.io], resources: ["*"], verbs: [get, list, watch]}
`;

const oneOf = (...values: readonly string[]): object => ({ type: 'string', enum: values });

export const externalDns: StandIn = {
  name: 'external-dns',
  releases: [
    { version: '1.21.1', appVersion: '0.21.0' },
    { version: '1.21.0', appVersion: '0.21.0' },
  ],
  values: `image: {repository: registry.k8s.io/external-dns/external-dns, tag: ~, pullPolicy: IfNotPresent}
nameOverride: ~
fullnameOverride: ~
podLabels: {}
podAnnotations: {}
nodeSelector: {}
tolerations: []
affinity: {}
topologySpreadConstraints: []
logLevel: info
logFormat: text
interval: 1m
sources: [service, ingress]
policy: upsert-only
registry: txt
txtOwnerId: ~
txtPrefix: ~
domainFilters: []
provider: {name: aws, webhook: {image: {repository: ~, tag: ~}, env: []}}
env: []
extraArgs: []
`,
  schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      policy: oneOf('create-only', 'sync', 'upsert-only'),
      registry: { type: 'string' },
      sources: { type: 'array', items: { type: 'string' } },
      txtOwnerId: { type: ['string', 'null'] },
      logLevel: oneOf('panic', 'debug', 'info', 'warning', 'error', 'fatal'),
      logFormat: oneOf('text', 'json'),
      image: {
        type: 'object',
        additionalProperties: false,
        properties: {
          pullPolicy: oneOf('IfNotPresent', 'Always'),
          repository: { type: 'string' },
          tag: { type: ['string', 'null'] },
        },
      },
      domainFilters: { type: 'array' },
      env: { type: 'array' },
    },
  },
  templates: {
    'deployment.yaml': workload({ values: '.Values', pod }),
    'serviceaccount.yaml': account(),
    'clusterrole.yaml': clusterRole('{{ include "fullname" . }}', rules),
    'service.yaml': service(undefined, '{name: http, port: 7979, targetPort: http}'),
  },
};
