/**
 * The Gateway API as its releases ship it (kubernetes-sigs/gateway-api, config/crd/standard and
 * config/crd/experimental): names, groups, scopes and versions are the real ones.
 */
export interface Column {
  readonly name: string;
  readonly path: string;
  readonly type?: 'date';
}

export interface Version {
  readonly name: string;
  readonly served: boolean;
}

export interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName?: string;
  readonly scope?: 'Cluster';
  /** `gateway.networking.k8s.io` unless given. */
  readonly group?: string;
  readonly columns?: readonly Column[];
  /** The first one is stored. */
  readonly versions: readonly Version[];
}

export const age: Column = { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' };
const v1: Version = { name: 'v1', served: true };
const v1beta1: Version = { name: 'v1beta1', served: true };
const retired = (name: string): Version => ({ name, served: false });

function condition(type: string): Column {
  return { name: type, path: `.status.conditions[?(@.type=="${type}")].status` };
}

const gatewayClass: Resource = {
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  shortName: 'gc',
  scope: 'Cluster',
  columns: [{ name: 'Controller', path: '.spec.controllerName' }, condition('Accepted')],
  versions: [v1, v1beta1],
};
const gateway: Resource = {
  kind: 'Gateway',
  plural: 'gateways',
  shortName: 'gtw',
  columns: [
    { name: 'Class', path: '.spec.gatewayClassName' },
    { name: 'Address', path: '.status.addresses[*].value' },
    condition('Programmed'),
  ],
  versions: [v1, v1beta1],
};
const hostnames: Column = { name: 'Hostnames', path: '.spec.hostnames' };
const grpcRoute: Resource = {
  kind: 'GRPCRoute',
  plural: 'grpcroutes',
  columns: [hostnames],
  versions: [v1],
};
const httpRoute: Resource = {
  kind: 'HTTPRoute',
  plural: 'httproutes',
  columns: [hostnames],
  versions: [v1, v1beta1],
};
const referenceGrant: Resource = {
  kind: 'ReferenceGrant',
  plural: 'referencegrants',
  shortName: 'refgrant',
  versions: [v1beta1],
};
const backendTlsPolicy: Resource = {
  kind: 'BackendTLSPolicy',
  plural: 'backendtlspolicies',
  shortName: 'btlspolicy',
  versions: [v1, retired('v1alpha3')],
};
const since15: readonly Resource[] = [
  {
    kind: 'ListenerSet',
    plural: 'listenersets',
    shortName: 'lset',
    columns: [condition('Accepted'), condition('Programmed')],
    versions: [v1],
  },
  { kind: 'TCPRoute', plural: 'tcproutes', versions: [v1, retired('v1alpha2')] },
  {
    kind: 'TLSRoute',
    plural: 'tlsroutes',
    versions: [v1, retired('v1alpha2'), retired('v1alpha3')],
  },
  { kind: 'UDPRoute', plural: 'udproutes', versions: [v1, retired('v1alpha2')] },
];

const first = [gatewayClass, gateway, grpcRoute, httpRoute];
const since16 = [
  backendTlsPolicy,
  ...first,
  { ...referenceGrant, versions: [v1beta1, v1] },
  ...since15,
];
/** What `standard-install.yaml` of a release holds. */
export const standard: ReadonlyMap<string, readonly Resource[]> = new Map([
  ['v1.2.1', [...first, referenceGrant]],
  ['v1.3.0', [...first, referenceGrant]],
  ['v1.4.1', [backendTlsPolicy, ...first, referenceGrant]],
  ['v1.6.1', since16],
]);

const served = (name: string): Version => ({ name, served: true });
const tried = 'gateway.networking.x-k8s.io';
const backendTlsTried: Resource = { ...backendTlsPolicy, versions: [served('v1alpha3')] };
const backendTlsBoth: Resource = { ...backendTlsPolicy, versions: [v1, served('v1alpha3')] };
const routeKinds: readonly (readonly [kind: string, plural: string])[] = [
  ['TCPRoute', 'tcproutes'],
  ['TLSRoute', 'tlsroutes'],
  ['UDPRoute', 'udproutes'],
];
const routes: readonly Resource[] = routeKinds.map(([kind, plural]) => ({
  ...{ kind, plural, versions: [served('v1alpha2')] },
}));
const routes14 = routes.map((route) =>
  route.kind === 'TLSRoute'
    ? { ...route, versions: [served('v1alpha3'), served('v1alpha2')] }
    : route,
);
const allServed = (resource: Resource): Resource => ({
  ...resource,
  versions: resource.versions.map(({ name }) => served(name)),
});
const tryOut = (kind: string, more: Omit<Resource, 'kind' | 'group' | 'versions'>): Resource => ({
  ...{ kind, group: tried, versions: [served('v1alpha1')] },
  ...more,
});
const trafficPolicy = tryOut('XBackendTrafficPolicy', {
  ...{ plural: 'xbackendtrafficpolicies', shortName: 'xbtrafficpolicy' },
});
const listenerSet = tryOut('XListenerSet', {
  ...{ plural: 'xlistenersets', shortName: 'lset' },
  columns: [condition('Accepted'), condition('Programmed')],
});
const mesh = tryOut('XMesh', {
  ...{ plural: 'xmeshes', shortName: 'mesh', scope: 'Cluster' },
  columns: [condition('Accepted')],
});

/** What `experimental-install.yaml` of a release holds. */
export const experimental: ReadonlyMap<string, readonly Resource[]> = new Map([
  [
    'v1.2.1',
    [
      {
        ...{ kind: 'BackendLBPolicy', plural: 'backendlbpolicies', shortName: 'blbpolicy' },
        versions: [served('v1alpha2')],
      },
      ...[backendTlsTried, ...first, referenceGrant, ...routes],
    ],
  ],
  ['v1.3.0', [backendTlsTried, ...first, referenceGrant, ...routes, trafficPolicy, listenerSet]],
  [
    'v1.4.1',
    [backendTlsBoth, ...first, referenceGrant, ...routes14, trafficPolicy, listenerSet, mesh],
  ],
  [
    'v1.6.1',
    [
      ...since16.map(allServed),
      tryOut('XBackend', { plural: 'xbackends', shortName: 'xbackend' }),
      ...[trafficPolicy, mesh],
    ],
  ],
]);
