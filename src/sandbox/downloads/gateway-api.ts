import { safeUpgrades } from './safe-upgrades.js';

/**
 * The standard channel of the Gateway API as its releases ship it (kubernetes-sigs/gateway-api,
 * config/crd/standard): names, groups, scopes and versions are the real ones, the schemas accept
 * any `spec` and `status`.
 */
interface Column {
  readonly name: string;
  readonly path: string;
  readonly type?: 'date';
}

interface Version {
  readonly name: string;
  readonly served: boolean;
}

interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName?: string;
  readonly scope?: 'Cluster';
  readonly columns?: readonly Column[];
  /** The first one is stored. */
  readonly versions: readonly Version[];
}

const age: Column = { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' };
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
const releases = new Map<string, readonly Resource[]>([
  ['v1.2.1', [...first, referenceGrant]],
  ['v1.3.0', [...first, referenceGrant]],
  ['v1.4.1', [backendTlsPolicy, ...first, referenceGrant]],
  ['v1.6.1', since16],
]);

/** The text of `standard-install.yaml`, or undefined when that release is not known. */
export function standardInstall(release: string): string | undefined {
  const resources = releases.get(release);
  if (!resources) return undefined;
  const texts = resources.map((resource) => definition(resource, release));
  return [...texts, ...(resources === since16 ? [safeUpgrades(release)] : [])]
    .map((text) => `---\n${text}`)
    .join('');
}

function definition(resource: Resource, release: string): string {
  const { kind, plural, shortName, scope = 'Namespaced', columns = [], versions } = resource;
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/4530
    gateway.networking.k8s.io/bundle-version: ${release}
    gateway.networking.k8s.io/channel: standard
  name: ${plural}.gateway.networking.k8s.io
spec:
  group: gateway.networking.k8s.io
  names:
    categories: [gateway-api]
    kind: ${kind}
    listKind: ${kind}List
    plural: ${plural}
    singular: ${kind.toLowerCase()}${shortName ? `\n    shortNames: [${shortName}]` : ''}
  scope: ${scope}
  versions:
${versions.map((version, index) => versionOf(version, index === 0, [...columns, age])).join('')}`;
}

function versionOf(version: Version, stored: boolean, columns: readonly Column[]): string {
  const columnLines = columns.map(
    ({ name, path, type = 'string' }) =>
      `        - {name: ${name}, type: ${type}, jsonPath: '${path}'}\n`,
  );
  return `    - name: ${version.name}
      served: ${String(version.served)}
      storage: ${String(stored)}
      subresources: {status: {}}
      additionalPrinterColumns:
${columnLines.join('')}      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;
}
