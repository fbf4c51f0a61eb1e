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

// traefik/traefik-helm-chart, traefik.
const pod = `${restrictedPod}      containers:
        - name: traefik
          image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
${restrictedContainer}          args:
            - --entryPoints.web.address=:8000/tcp
            - --entryPoints.websecure.address=:8443/tcp
            - --ping=true
            {{- if .Values.providers.kubernetesCRD.enabled }}
            - --providers.kubernetescrd
            {{- end }}
            {{- if .Values.providers.kubernetesIngress.enabled }}
            - --providers.kubernetesingress
            {{- if .Values.providers.kubernetesIngress.publishedService.enabled }}
            - --providers.kubernetesingress.ingressendpoint.publishedservice={{ .Release.Namespace }}/{{ include "fullname" . }}
            {{- end }}
            {{- end }}
            {{- if .Values.providers.kubernetesGateway.enabled }}
            - --providers.kubernetesgateway
            {{- end }}
            {{- range .Values.additionalArguments }}
            - {{ . | quote }}
            {{- end }}
          ports:
            - {name: web, containerPort: 8000, protocol: TCP}
            - {name: websecure, containerPort: 8443, protocol: TCP}
`;

const rules = `  - {apiGroups: ["", discovery.k8s.io, networking.k8s.io, traefik.io, gateway.networking.k8s.io], resources: ["*"], verbs: [get, list, watch]}
  - {apiGroups: [networking.k8s.io, gateway.networking.k8s.io], resources: ["*"], verbs: [update, patch]}
`;

const kinds = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP', 'Middleware', 'TLSOption'];

const classes = `{{- if .Values.ingressClass.enabled }}
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: {{ .Values.ingressClass.name | default (include "fullname" .) }}
  annotations: {ingressclass.kubernetes.io/is-default-class: {{ .Values.ingressClass.isDefaultClass | quote }}}
spec:
  controller: traefik.io/ingress-controller
{{- end }}
`;

const gateway = `{{- if and .Values.providers.kubernetesGateway.enabled .Values.gatewayClass.enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: {{ .Values.gatewayClass.name | default "traefik" }}
spec:
  controllerName: traefik.io/gateway-controller
{{- end }}
`;

export const traefik: StandIn = {
  name: 'traefik',
  releases: [
    { version: '41.3.0', appVersion: 'v3.7.11' },
    { version: '41.2.0', appVersion: 'v3.7.10' },
  ],
  values: `image: {registry: docker.io, repository: traefik, tag: ~, pullPolicy: IfNotPresent}
nameOverride: ""
deployment: {enabled: true, kind: Deployment, replicas: 1, podAnnotations: {}, podLabels: {}}
ingressClass: {enabled: true, isDefaultClass: true, name: ""}
gatewayClass: {enabled: true, name: ""}
providers:
  kubernetesCRD: {enabled: true}
  kubernetesIngress: {enabled: true, publishedService: {enabled: true}}
  kubernetesGateway: {enabled: false}
service: {enabled: true, type: LoadBalancer, annotations: {}, spec: {}}
additionalArguments: []
nodeSelector: {}
tolerations: []
affinity: {}
topologySpreadConstraints: []
`,
  // Some of its sections refuse keys that they do not know (values.schema.json).
  schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      additionalArguments: { type: 'array' },
      deployment: {
        type: 'object',
        properties: { replicas: { type: 'integer' }, kind: { type: 'string' } },
      },
      gatewayClass: {
        type: 'object',
        additionalProperties: false,
        properties: {
          enabled: { type: 'boolean' },
          labels: { type: 'object' },
          name: { type: 'string' },
        },
      },
      tolerations: { type: 'array' },
    },
  },
  definitions: Object.fromEntries(
    kinds.map((kind) => [
      `traefik.io_${kind.toLowerCase()}s.yaml`,
      definition({
        group: 'traefik.io',
        version: 'v1alpha1',
        kind,
        plural: `${kind.toLowerCase()}s`,
      }),
    ]),
  ),
  templates: {
    'deployment.yaml': workload({
      replicas: '.Values.deployment.replicas',
      values: '.Values',
      pod,
    }).replaceAll('.Values.podAnnotations', '.Values.deployment.podAnnotations'),
    'serviceaccount.yaml': account(),
    'rbac.yaml': clusterRole('{{ include "fullname" . }}-{{ .Release.Namespace }}', rules),
    'ingressclass.yaml': classes,
    'gatewayclass.yaml': gateway,
    'service.yaml': `{{- if .Values.service.enabled }}\n${service(
      undefined,
      '{name: web, port: 80, protocol: TCP, targetPort: web}, {name: websecure, port: 443, protocol: TCP, targetPort: websecure}',
      '{{ .Values.service.type }}',
    ).replace(
      '\nspec:',
      '\n  {{- with .Values.service.annotations }}\n  annotations: {{- toYaml . | nindent 4 }}\n  {{- end }}\nspec:\n  {{- with .Values.service.spec }}\n  {{- toYaml . | nindent 2 }}\n  {{- end }}',
    )}{{- end }}\n`,
  },
};
