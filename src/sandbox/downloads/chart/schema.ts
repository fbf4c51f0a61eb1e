type Schema = string | readonly string[] | { readonly [key: string]: Schema };

const image = { repository: 'string', tag: 'string', pullPolicy: 'string' };
const pods = { tolerations: 'array', nodeSelector: 'object', resources: 'object' };

/** Types of the values, as the real chart's `values.schema.json` has them. Unknown keys pass. */
const types: Schema = {
  MTU: 'integer',
  autoDirectNodeRoutes: ['boolean', 'string'],
  bpf: { hostLegacyRouting: ['null', 'boolean'], masquerade: ['null', 'boolean'] },
  cgroup: { autoMount: { enabled: 'boolean' }, hostRoot: 'string' },
  cluster: { id: 'integer', name: 'string' },
  debug: { enabled: 'boolean' },
  defaultLBServiceIPAM: 'string',
  encryption: { enabled: 'boolean', nodeEncryption: 'boolean', type: 'string' },
  envoy: { ...pods, enabled: ['null', 'boolean'], image, rollOutPods: 'boolean' },
  extraArgs: 'array',
  gatewayAPI: {
    enableAlpn: 'boolean',
    enableAppProtocol: 'boolean',
    enableProxyProtocol: 'boolean',
    enabled: 'boolean',
    externalTrafficPolicy: 'string',
    gatewayClass: { create: 'string' },
    hostNetwork: { enabled: 'boolean' },
    secretsNamespace: { create: 'boolean', name: 'string', sync: 'boolean' },
    xffNumTrustedHops: 'integer',
  },
  hubble: {
    enabled: 'boolean',
    relay: { ...pods, enabled: 'boolean', image, replicas: 'integer', rollOutPods: 'boolean' },
    tls: {
      auto: {
        ...{ enabled: 'boolean', method: 'string' },
        ...{ certValidityDuration: 'integer', schedule: 'string' },
      },
      enabled: 'boolean',
    },
    ui: { ...pods, enabled: 'boolean', replicas: 'integer' },
  },
  image,
  ipam: { mode: 'string' },
  ipv4: { enabled: 'boolean' },
  ipv4NativeRoutingCIDR: 'string',
  ipv6: { enabled: 'boolean' },
  k8s: { requireIPv4PodCIDR: 'boolean', requireIPv6PodCIDR: 'boolean' },
  k8sServiceHost: 'string',
  k8sServicePort: ['string', 'integer'],
  kubeProxyReplacement: ['string', 'boolean'],
  kubeProxyReplacementHealthzBindAddr: 'string',
  loadBalancer: { acceleration: 'string', mode: 'string' },
  nodeIPAM: { enabled: 'boolean' },
  ...pods,
  operator: {
    ...pods,
    enabled: 'boolean',
    image,
    prometheus: { enabled: 'boolean', port: 'integer' },
    replicas: 'integer',
    rollOutPods: 'boolean',
    updateStrategy: 'object',
  },
  podAnnotations: 'object',
  podLabels: 'object',
  prometheus: { enabled: 'boolean', port: 'integer' },
  rollOutCiliumPods: 'boolean',
  routingMode: 'string',
  securityContext: {
    capabilities: { ciliumAgent: 'array', cleanCiliumState: 'array' },
    privileged: 'boolean',
  },
  tunnelProtocol: 'string',
  updateStrategy: 'object',
};

/** The JSON schema that helm checks the values against. */
export const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  ...(jsonSchema(types) as object),
};

function jsonSchema(types: Schema): unknown {
  if (typeof types === 'string' || isList(types)) return { type: types };
  const properties = Object.entries(types).map(([key, inner]) => [key, jsonSchema(inner)] as const);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function isList(types: Schema): types is readonly string[] {
  return Array.isArray(types);
}
