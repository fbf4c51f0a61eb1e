import { isIP } from 'node:net';
import type { ClusterSection } from './types.js';

/** What is wrong with the section `cluster`, in the order in which Talos finds it. */
export function clusterErrors(
  cluster: ClusterSection | undefined,
  isControlPlane: boolean,
): string[] {
  if (!cluster) return ['cluster instructions are required'];
  const endpoint = cluster.controlPlane?.endpoint;
  if (endpoint === undefined) return ['cluster controlplane endpoint is required'];
  const errors: string[] = [];
  const objection = endpointObjection(endpoint);
  if (objection !== undefined) errors.push(`invalid controlplane endpoint: ${objection}`);
  const domain = cluster.network?.dnsDomain ?? '';
  if (domain !== '' && !/^[\w][\w-]{0,62}(\.[\w][\w-]{0,62})*[._]?$/.test(domain)) {
    errors.push(`"${domain}" is not a valid DNS name`);
  }
  const provider = cluster.externalCloudProvider;
  if (provider && provider.enabled !== true && (provider.manifests ?? []).length > 0) {
    errors.push('external cloud provider is disabled, but manifests are provided');
  }
  if (cluster.etcd) {
    if (isControlPlane) errors.push(...etcdErrors(cluster.etcd));
    else errors.push('etcd config is only allowed on control plane machines');
  }
  if (!isControlPlane && (cluster.ca?.key ?? '') !== '') {
    errors.push('cluster CA key is not allowed on non-controlplane nodes (.cluster.ca)');
  }
  return [...errors, ...manifestErrors(cluster), ...discoveryErrors(cluster)];
}

/** What is wrong with the CNI of a control plane, and what is only odd. */
export function cniFindings(cluster: ClusterSection | undefined): {
  warnings: string[];
  errors: string[];
} {
  const { name = 'flannel', urls = [] } = cluster?.network?.cni ?? {};
  if (name === 'custom') {
    return {
      warnings: urls.length === 0 ? ['"urls" field should not be empty for "custom" CNI'] : [],
      errors: [],
    };
  }
  if (name !== 'flannel' && name !== 'none') {
    return { warnings: [], errors: ['cni name should be one of ["flannel", "custom", "none"]'] };
  }
  return {
    warnings: [],
    errors: urls.length > 0 ? [`"urls" field should be empty for "${name}" CNI`] : [],
  };
}

/** Whether Talos takes this as an address or subnet; a leading `!` excludes it. */
export function isSubnetOrAddress(text: string): boolean {
  const [address = '', bits, ...more] = text.replace(/^!/, '').split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function endpointObjection(endpoint: string): string | undefined {
  const hasHost = URL.canParse(endpoint) && new URL(endpoint).hostname !== '';
  return hasHost ? undefined : 'hostname must not be blank';
}

function etcdErrors(etcd: NonNullable<ClusterSection['etcd']>): string[] {
  const errors: string[] = [];
  if (!etcd.ca) errors.push('key/cert combination should not be empty');
  const advertised = etcd.advertisedSubnets ?? [];
  if (etcd.subnet !== undefined && advertised.length > 0) {
    errors.push("etcd subnet can't be set when advertised subnets are set");
  }
  // Without listen subnets of its own etcd listens where it advertises.
  const listen = etcd.listenSubnets ?? advertised;
  for (const [what, subnets] of [
    ['advertised', advertised],
    ['listen', listen],
  ] as const) {
    const wrong = subnets.filter((subnet) => !isSubnetOrAddress(subnet));
    errors.push(...wrong.map((subnet) => `etcd ${what} subnet is not valid: "${subnet}"`));
  }
  return errors;
}

function manifestErrors(cluster: ClusterSection): string[] {
  const names = new Set<string>();
  return (cluster.inlineManifests ?? []).flatMap(({ name = '' }) => {
    if (name.trim() === '') return ["inline manifest name can't be empty"];
    const repeated = names.has(name);
    names.add(name);
    return repeated ? [`inline manifest name "${name}" is duplicate`] : [];
  });
}

function discoveryErrors(cluster: ClusterSection): string[] {
  const { discovery } = cluster;
  const service = discovery?.registries?.service;
  if (!discovery || discovery.enabled === false || service?.disabled === true) return [];
  const errors: string[] = [];
  const endpoint = service?.endpoint;
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    errors.push(
      `cluster discovery service registry endpoint is invalid: parse "${endpoint}": invalid URI for request`,
    );
  }
  if ((cluster.id ?? '') === '') {
    errors.push('cluster discovery service requires .cluster.id');
  }
  if ((cluster.secret ?? '') === '') {
    errors.push('cluster discovery service requires .cluster.secret');
  }
  return errors;
}
