import { noSuchPath } from './api-error.js';
import type { JsonObject } from './json.js';
import type { ApiAnswer, ApiRequest } from './request.js';
import { apiVersionOf, isBuiltinGroup, type GroupVersion, type ResourceType } from './resources.js';

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
// Those of custom resources come in an order of their own.
const customVerbs = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What is served, in the aggregated form and in the older one of a document per group and version. */
export function discovery(
  types: readonly ResourceType[],
  { path, accept }: ApiRequest,
  stale: readonly GroupVersion[] = [],
): ApiAnswer | undefined {
  const [root, first, second, ...rest] = path.split('/').filter((part) => part !== '');
  if ((root !== 'api' && root !== 'apis') || rest.length > 0) return undefined;
  const inRoot = types.filter((type) => (type.group === '') === (root === 'api'));
  if (first === undefined) {
    return accept.includes('as=APIGroupDiscoveryList')
      ? {
          ...{ status: 200, contentType: aggregatedType },
          body: aggregated(inRoot, root === 'api' ? [] : stale),
        }
      : { status: 200, body: root === 'api' ? coreVersions : groupList(inRoot, stale) };
  }
  if (root === 'api')
    return second === undefined ? resourceList(inRoot, { group: '', version: first }) : undefined;
  // That is for the server to say that cannot be asked.
  if (stale.some(({ group, version }) => group === first && version === second)) return undefined;
  if (second !== undefined) return resourceList(inRoot, { group: first, version: second });
  const ofGroup = groupsOf(inRoot).find(([group]) => group === first);
  if (!ofGroup) throw noSuchPath();
  return { status: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...group(ofGroup) } };
}

const coreVersions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };

function groupsOf(types: readonly ResourceType[]): [string, ResourceType[]][] {
  const groups = new Map<string, ResourceType[]>();
  for (const type of types) {
    const present = groups.get(type.group);
    if (present) present.push(type);
    else groups.set(type.group, [type]);
  }
  return [...groups];
}

function versionsOf(types: readonly ResourceType[]): [string, ResourceType[]][] {
  const versions = [...new Set(types.map((type) => type.version))].sort(byStability);
  return versions.map((version) => [version, types.filter((type) => type.version === version)]);
}

// v1 before v1beta1: the first version is the one that clients prefer.
function byStability(a: string, b: string): number {
  const isStable = (version: string): number => (/^v\d+$/.test(version) ? 0 : 1);
  return isStable(a) - isStable(b) || (a > b ? -1 : 1);
}

function aggregated(types: readonly ResourceType[], stale: readonly GroupVersion[]): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      ...groupsOf(types).map(([name, ofGroup]) => ({
        metadata: name === '' ? { creationTimestamp: null } : { name },
        versions: versionsOf(ofGroup).map(([version, ofVersion]) => ({
          version,
          resources: ofVersion.map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
      ...stale.map(({ group: name, version }) => ({
        metadata: { name },
        versions: [{ version, freshness: 'Stale' }],
      })),
    ],
  };
}

function aggregatedResource(type: ResourceType): JsonObject {
  const { group, version, plural, singular, kind, shortNames, categories } = type;
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(type),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    subresources: type.subresources.map((subresource) => ({
      subresource,
      responseKind: subresourceKind(type, subresource),
      verbs: subresourceVerbs(type, subresource),
    })),
  };
}

function resourceList(
  types: readonly ResourceType[],
  { group: name, version }: { group: string; version: string },
): ApiAnswer {
  const found = types.filter((type) => type.group === name && type.version === version);
  const [first] = found;
  if (!first) throw noSuchPath();
  const resources = found.flatMap((type) => {
    const { plural, singular, kind, namespaced, shortNames, categories } = type;
    const common = { name: plural, singularName: singular, namespaced, kind };
    return [
      { ...common, verbs: verbsOf(type), shortNames, categories },
      ...type.subresources.map((subresource) => ({
        name: `${plural}/${subresource}`,
        singularName: '',
        namespaced,
        ...subresourceKind(type, subresource),
        verbs: subresourceVerbs(type, subresource),
      })),
    ];
  });
  const groupVersion = apiVersionOf(first);
  return {
    status: 200,
    body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources },
  };
}

function verbsOf({ group: name, plural, review, readOnly }: ResourceType): readonly string[] {
  if (readOnly === true) return ['get', 'list'];
  if (!isBuiltinGroup(name)) return customVerbs;
  if (review) return ['create'];
  return plural === 'namespaces' ? verbs.filter((verb) => verb !== 'deletecollection') : verbs;
}

interface Subresource {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly verbs?: readonly string[];
}

const stream = ['create', 'get'];
const proxied = ['create', 'delete', 'get', 'patch', 'update'];

// kubectl drain evicts only when pods/eviction is listed with exactly this kind.
const subresources: Readonly<Record<string, Subresource>> = {
  attach: { kind: 'PodAttachOptions', verbs: stream },
  binding: { kind: 'Binding', verbs: ['create'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  exec: { kind: 'PodExecOptions', verbs: stream },
  finalize: { verbs: ['update'] },
  log: { verbs: ['get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: stream },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  token: {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'TokenRequest',
    verbs: ['create'],
  },
};

function subresourceOf(type: ResourceType, subresource: string): Subresource {
  if (subresource === 'proxy') return { kind: `${type.kind}ProxyOptions`, verbs: proxied };
  return subresources[subresource] ?? {};
}

function subresourceKind(type: ResourceType, subresource: string): JsonObject {
  const { group, version, kind } = subresourceOf(type, subresource);
  return {
    group: group ?? type.group,
    version: version ?? type.version,
    kind: kind ?? type.kind,
  };
}

function subresourceVerbs(type: ResourceType, subresource: string): readonly string[] {
  return subresourceOf(type, subresource).verbs ?? ['get', 'patch', 'update'];
}

function groupList(types: readonly ResourceType[], stale: readonly GroupVersion[]): JsonObject {
  const silent = stale.map(({ group: name, version }) => {
    const only = { groupVersion: `${name}/${version}`, version };
    return { name, versions: [only], preferredVersion: only };
  });
  const groups = [...groupsOf(types).map(group), ...silent];
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

function group([name, types]: [string, readonly ResourceType[]]): JsonObject {
  const versions = versionsOf(types).map(([version]) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}
