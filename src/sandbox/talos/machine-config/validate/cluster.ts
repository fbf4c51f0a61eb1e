import { endpointObjection, parseRequestUri } from '../layout/go-url.js';
import { quote } from '../layout/go-text.js';
import { isSubnetOrAddress } from '../layout/network-texts.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ClusterSection } from '../types.js';

/** What is wrong with the section `cluster`, in the order in which Talos finds it. */
export function clusterErrors(
  cluster: ClusterSection | undefined,
  isControlPlane: boolean,
  minor: number,
): string[] {
  if (!cluster) return ['cluster instructions are required'];
  const endpoint = cluster.controlPlane?.endpoint;
  // Since Talos 1.14 a document of its own may name the endpoint.
  const isElsewhere = minor >= 14 && !cluster.controlPlane;
  if (endpoint === undefined && !isElsewhere) {
    return ['cluster controlplane endpoint is required'];
  }
  const errors: string[] = [];
  const objection = endpoint === undefined ? undefined : endpointObjection(endpoint);
  if (objection !== undefined) errors.push(`invalid controlplane endpoint: ${objection}`);
  const domain = cluster.network?.dnsDomain ?? '';
  const isLong = domain.replaceAll('.', '').length > 255;
  if (domain !== '' && (isLong || !/^\w[\w-]{0,62}(\.\w[\w-]{0,62})*[._]?$/.test(domain))) {
    errors.push(`"${domain}" is not a valid DNS name`);
  }
  errors.push(...providerErrors(cluster.externalCloudProvider));
  if (cluster.etcd) {
    if (isControlPlane) errors.push(...etcdErrors(cluster.etcd));
    else errors.push('etcd config is only allowed on control plane machines');
  }
  if (!isControlPlane && (cluster.ca?.key ?? '') !== '') {
    errors.push('cluster CA key is not allowed on non-controlplane nodes (.cluster.ca)');
  }
  return [
    ...errors,
    ...manifestErrors(cluster),
    ...discoveryErrors(cluster),
    ...componentErrors(mapping(cluster)),
  ];
}

/** What is wrong with the CNI of a control plane, and what is only odd. */
export function cniFindings(cluster: ClusterSection | undefined): {
  warnings: string[];
  errors: string[];
} {
  const cni = mapping(cluster?.network?.cni ?? { name: 'flannel' });
  const name = text(cni['name']);
  const urls = list(cni['urls']).map(text);
  if (!['flannel', 'custom', 'none'].includes(name)) {
    const errors = ['cni name should be one of ["flannel", "custom", "none"]'];
    return { warnings: [], errors };
  }
  const unwanted = [
    ...(name !== 'custom' && urls.length > 0
      ? [`"urls" field should be empty for "${name}" CNI`]
      : []),
    ...(name === 'flannel' ? [] : flannelErrors(mapping(cni['flannel']), name)),
  ];
  if (name !== 'custom') return { warnings: [], errors: unwanted };
  const wrong = urls.map(endpointObjection).filter((why) => why !== undefined);
  const odd = urls.length === 0 ? ['"urls" field should not be empty for "custom" CNI'] : [];
  return { warnings: odd, errors: [...unwanted, ...wrong] };
}

function flannelErrors({ extraArgs, kubeNetworkPoliciesEnabled }: Mapping, name: string): string[] {
  return [
    ...(list(extraArgs).length > 0
      ? [`"flanneldExtraArgs" field should be empty for "${name}" CNI`]
      : []),
    ...(kubeNetworkPoliciesEnabled === true
      ? [`"flannelKubeNetworkPoliciesEnabled" should not be enabled for "${name}" CNI`]
      : []),
  ];
}

function providerErrors(provider: ClusterSection['externalCloudProvider']): string[] {
  const manifests = provider?.manifests ?? [];
  if (provider && provider.enabled !== true && manifests.length > 0) {
    return ['external cloud provider is disabled, but manifests are provided'];
  }
  return manifests.flatMap((url) => {
    const why = endpointObjection(url);
    return why === undefined
      ? []
      : [`invalid external cloud provider manifest url ${quote(url)}: ${why}`];
  });
}

function etcdErrors(etcd: NonNullable<ClusterSection['etcd']>): string[] {
  const errors: string[] = [];
  if (!etcd.ca) errors.push('key/cert combination should not be empty');
  const own = etcd.advertisedSubnets ?? [];
  const subnet = etcd.subnet ?? '';
  const advertised = own.length > 0 || subnet === '' ? own : [subnet];
  if (subnet !== '' && own.length > 0) {
    errors.push("etcd subnet can't be set when advertised subnets are set");
  }
  // Without listen subnets of its own etcd listens where it advertises.
  const listen = (etcd.listenSubnets ?? []).length > 0 ? (etcd.listenSubnets ?? []) : own;
  for (const [what, subnets] of [
    ['advertised', advertised],
    ['listen', listen],
  ] as const) {
    const wrong = subnets.filter((subnet) => !isSubnetOrAddress(subnet));
    errors.push(
      ...wrong.map(
        (subnet) => `etcd ${what} subnet is not valid: ${quote(subnet.replace(/^!/, ''))}`,
      ),
    );
  }
  return errors;
}

function manifestErrors(cluster: ClusterSection): string[] {
  const names = new Set<string>();
  return (cluster.inlineManifests ?? []).flatMap(({ name = '' }) => {
    const empty = name.trim() === '' ? ["inline manifest name can't be empty"] : [];
    const repeated = names.has(name) ? [`inline manifest name ${quote(name)} is duplicate`] : [];
    names.add(name);
    return [...empty, ...repeated];
  });
}

function discoveryErrors(cluster: ClusterSection): string[] {
  const { discovery } = cluster;
  const service = discovery?.registries?.service;
  if (!discovery || discovery.enabled === false || service?.disabled === true) return [];
  const errors: string[] = [];
  const endpoint = parseRequestUri((service?.endpoint ?? '') || 'https://discovery.talos.dev/');
  if (typeof endpoint === 'string') {
    errors.push(`cluster discovery service registry endpoint is invalid: ${endpoint}`);
  } else if (endpoint.path !== '' && endpoint.path !== '/') {
    errors.push('cluster discovery service path should be empty');
  }
  if ((cluster.id ?? '') === '') {
    errors.push('cluster discovery service requires .cluster.id');
  }
  if ((cluster.secret ?? '') === '') {
    errors.push('cluster discovery service requires .cluster.secret');
  }
  return errors;
}

/** What is wrong with the API server, the controller manager and the scheduler. */
function componentErrors(cluster: Mapping): string[] {
  const apiServer = mapping(cluster['apiServer']);
  const authorizer = authorizerError(apiServer);
  const failed = (what: string, section: Mapping): string[] => {
    const why = resourcesError(mapping(section['resources']));
    return why === undefined ? [] : [`${what} resource validation failed: ${why}`];
  };
  return [
    ...(authorizer === undefined ? failed('apiserver', apiServer) : [authorizer]),
    ...failed('controller-manager', mapping(cluster['controllerManager'])),
    ...failed('scheduler', mapping(cluster['scheduler'])),
  ];
}

function authorizerError(apiServer: Mapping): string | undefined {
  const authorizers = apiServer['authorizationConfig'];
  if (authorizers === undefined) return undefined;
  const flags = Object.keys(mapping(apiServer['extraArgs']));
  const flag = flags.find((key) => /^authorization-(mode$|webhook-)/.test(key));
  if (flag === 'authorization-mode') {
    return 'authorization-mode cannot be used in conjunction with AuthorizationConfig, use eitherr AuthorizationConfig or authorization-mode';
  }
  if (flag !== undefined) {
    return 'authorization-webhook-* flags cannot be used in conjunction with AuthorizationConfig, use either AuthorizationConfig or authorization-webhook-* flags';
  }
  const whys = list(authorizers).map((entry) => typeError(mapping(entry)));
  const why = whys.find((found) => found !== undefined);
  return why === undefined ? undefined : `apiserver authorization config validation failed: ${why}`;
}

const authorizerTypes = ['Node', 'RBAC', 'Webhook'];

function typeError(authorizer: Mapping): string | undefined {
  const type = text(authorizer['type']);
  if (type === '') return 'authorizer type must be set';
  if (text(authorizer['name']) === '') return 'authorizer name must be set';
  if (authorizerTypes.includes(type)) return undefined;
  return `authorizer type ${type} is not allowed, allowed types are [${authorizerTypes.join(' ')}]`;
}

/** What is wrong with what a pod asks for. */
export function resourcesError(resources: Mapping): string | undefined {
  for (const part of ['requests', 'limits']) {
    const names = Object.keys(mapping(resources[part]));
    const wrong = names.find((name) => name !== 'memory' && name !== 'cpu');
    if (wrong !== undefined) return `unsupported pod resource ${quote(wrong)}`;
  }
  return undefined;
}
