import { annotationErrors, labelErrors, taintErrors } from '../labels.js';
import { quote } from '../layout/go-text.js';
import { parseUrl } from '../layout/go-url.js';
import { isSubnetOrAddress, parsePrefix } from '../layout/network-texts.js';
import { nilPointer } from '../merge.js';
import { listErrors } from '../multi-error.js';
import type { ClusterSection, MachineSection, V1Alpha1 } from '../types.js';
import { list, mapping, text, type Mapping } from '../values.js';

/** Fields of the kubelet's configuration that belong to Talos. */
export const protectedKubeletFields = [
  'apiVersion',
  'authentication',
  'authorization',
  'cgroupRoot',
  'kind',
  'kubeletCgroups',
  'port',
  'protectKernelDefaults',
  'resolvConf',
  'rotateCertificates',
  'systemCgroups',
  'staticPodPath',
  'seccompDefault',
];

/** Of KubeSpan's links (Talos source, constants.go). */
const defaultMtu = 1420;
const smallestMtu = 1280;

/** What the runtime mode demands of the installation and the host DNS. */
export function installErrors(machine: MachineSection, mode: string, minor: number): string[] {
  const errors: string[] = [];
  const { install } = machine;
  if (mode === 'metal') {
    if (!install && minor < 14) {
      errors.push(`install instructions are required in "${mode}" mode`);
    }
    if (install) {
      if ((install.disk ?? '') === '' && !hasSelector(install.diskSelector)) {
        errors.push('either install disk or diskSelector should be defined');
      }
      if ((install.extraKernelArgs ?? []).length > 0 && install.grubUseUKICmdline === true) {
        errors.push("install.extraKernelArgs and install.grubUseUKICmdline can't be used together");
      }
    }
  }
  const dns = machine.features?.hostDNS;
  if (mode === 'container' && minor < 14 && dns?.enabled !== true) {
    errors.push(
      'feature HostDNS should be enabled in container mode (.machine.features.hostDNS.enabled)',
    );
  }
  if (mode === 'container' && minor < 14 && dns?.forwardKubeDNSToHost !== true) {
    errors.push(
      'feature HostDNS should forward kube-dns to host in container mode (.machine.features.hostDNS.forwardKubeDNSToHost)',
    );
  }
  if (dns?.forwardKubeDNSToHost === true && dns.enabled !== true) {
    errors.push(
      'feature hostDNS.forwardKubeDNSToHost requires hostDNS.enabled to be true (.machine.features.hostDNS)',
    );
  }
  return errors;
}

/** A selector without a word selects nothing. */
function hasSelector(selector: unknown): boolean {
  return Object.values(mapping(selector)).some((value) => value !== '');
}

interface Cni {
  readonly errors: readonly string[];
}

/** What is wrong with the section `machine`, in the order in which Talos finds it. */
export function machineErrors(
  config: V1Alpha1,
  found: { cni: Cni; devices: Cni; minor: number },
): string[] {
  const { machine = {}, cluster } = config;
  const errors: string[] = [];
  const hasAccepted = (machine.acceptedCAs ?? []).length > 0;
  if (!machine.ca && !hasAccepted) {
    errors.push('issuing CA or some accepted CAs are required (.machine.ca, machine.acceptedCAs)');
  }
  errors.push(...roleErrors(machine, cluster, found.cni.errors), ...found.devices.errors);
  const { kubespan } = machine.network ?? {};
  if (kubespan?.enabled === true && (kubespan.mtu ?? defaultMtu) < smallestMtu) {
    errors.push(`kubespan link MTU must be at least ${smallestMtu}`);
  }
  errors.push(...diskErrors(machine.disks ?? []), ...kubeletErrors(machine));
  const { ephemeral, state } = machine.systemDiskEncryption ?? {};
  errors.push(...encryptionErrors('EPHEMERAL', ephemeral), ...encryptionErrors('STATE', state));
  if (kubespan?.enabled === true)
    errors.push(...kubespanErrors(mapping(kubespan), cluster, found.minor));
  const raw = mapping(machine);
  errors.push(...loggingErrors(mapping(raw['logging'])), ...extensionErrors(machine));
  errors.push(
    ...wrapped('labels', labelErrors(machine.nodeLabels ?? {})),
    ...wrapped('annotations', annotationErrors(machine.nodeAnnotations ?? {})),
    ...wrapped('taints', taintErrors(machine.nodeTaints ?? {})),
    ...accessErrors(machine),
  );
  const sorting = text(mapping(raw['features'])['nodeAddressSortAlgorithm']);
  if (sorting !== '' && !['v1', 'v2'].includes(sorting.toLowerCase())) {
    const why = `${sorting} does not belong to AddressSortAlgorithm values`;
    errors.push(`invalid node address sort algorithm: ${why}`);
  }
  return errors;
}

function diskErrors(disks: readonly unknown[]): string[] {
  return disks.flatMap((disk, index) => {
    if (disk === null) return [`machine.disks[${index}] is null`];
    const given = list(mapping(disk)['partitions']);
    if (given.includes(null)) return [nilPointer];
    const partitions = given.map(mapping);
    const name = quote(text(mapping(disk)['device']));
    const endless = partitions
      .slice(0, -1)
      .filter(({ size = 0 }) => /^0*(\.0*)?[a-z]*$/i.test(String(size)));
    return endless.map(
      () =>
        `partition for disk ${name} is set to occupy full disk, but it's not the last partition in the list`,
    );
  });
}

function kubeletErrors({ kubelet }: MachineSection): string[] {
  const subnets = kubelet?.nodeIP?.validSubnets ?? [];
  const extra = kubelet?.extraConfig;
  return [
    ...subnets
      .filter((subnet) => !isSubnetOrAddress(subnet))
      .map((subnet) => `kubelet nodeIP subnet is not valid: ${quote(subnet.replace(/^!/, ''))}`),
    ...protectedKubeletFields
      .filter((field) => extra && Object.hasOwn(extra, field))
      .map((field) => `kubelet configuration field "${field}" can't be overridden`),
  ];
}

function encryptionErrors(label: string, encryption: { keys?: unknown[] } | undefined): string[] {
  if (!encryption) return [];
  const keys = list(encryption.keys).map(mapping);
  if (keys.length === 0) return [`partition "${label}": no encryption keys provided`];
  const slots = new Set<number>();
  return keys.flatMap((key) => {
    const slot = Number(key['slot'] ?? 0);
    const isTaken = slots.has(slot);
    slots.add(slot);
    const isEmpty = ['nodeID', 'static', 'kms', 'tpm'].every((kind) => key[kind] === undefined);
    return [
      ...(isTaken ? [`partition "${label}": encryption key slot ${slot} is already in use`] : []),
      ...(isEmpty
        ? [
            `partition "${label}": encryption key at slot ${slot} doesn't have the configuration parameters`,
          ]
        : []),
    ];
  });
}

function kubespanErrors(
  kubespan: Mapping,
  cluster: ClusterSection | undefined,
  minor: number,
): string[] {
  const when = 'when .machine.network.kubespan is enabled';
  const filters = mapping(kubespan['filters']);
  const isDiscovering = cluster?.discovery !== undefined && cluster.discovery.enabled !== false;
  const identity = [
    ...(isDiscovering ? [] : [`.cluster.discovery should be enabled ${when}`]),
    ...((cluster?.id ?? '') === '' ? [`.cluster.id should be set ${when}`] : []),
    ...((cluster?.secret ?? '') === '' ? [`.cluster.secret should be set ${when}`] : []),
  ];
  return [
    ...(minor < 14 ? identity : []),
    ...list(filters['endpoints'])
      .map(text)
      .filter((filter) => !isSubnetOrAddress(filter))
      .map((filter) => `KubeSpan endpoint filter is not valid: ${quote(filter.replace(/^!/, ''))}`),
    ...list(filters['excludeAdvertisedNetworks'])
      .map(text)
      .filter((network) => parsePrefix(network) !== undefined)
      .map(
        (network) => `KubeSpan exclude advertised networks filter is not valid: ${quote(network)}`,
      ),
  ];
}

function loggingErrors(logging: Mapping): string[] {
  return list(logging['destinations']).flatMap((entry) => {
    const { endpoint, format } = mapping(entry);
    const url = typeof endpoint === 'string' ? parseUrl(endpoint) : '';
    const errors: string[] = [];
    if (typeof url === 'string') errors.push('empty logging endpoint');
    else {
      if (url.host === '') errors.push("empty logging endpoint's host");
      if (url.scheme !== 'tcp' && url.scheme !== 'udp') {
        errors.push(`unexpected logging endpoint scheme ${quote(url.scheme)}`);
      }
    }
    if (format === 'json_lines') return errors;
    return [...errors, `unknown logging format ${quote(text(format))}`];
  });
}

function extensionErrors({ install }: MachineSection): string[] {
  const images = (install?.extensions ?? []).map(({ image = '' }) => image);
  return images
    .filter((image, index) => images.indexOf(image) < index)
    .map((image) => `duplicate system extension ${quote(image)}`);
}

/** What a client of Talos' API may be. */
export const talosRoles = [
  'os:admin',
  'os:operator',
  'os:reader',
  'os:etcd:backup',
  'os:image:verifier',
  'os:meta:writer',
  'os:impersonator',
];

function accessErrors({ type, features }: MachineSection): string[] {
  const access = features?.kubernetesTalosAPIAccess;
  if (access?.enabled !== true) return [];
  const isControlPlane = type === 'controlplane' || type === 'init';
  return [
    ...(isControlPlane
      ? []
      : ['feature Kubernetes Talos API Access can only be enabled on control plane machines']),
    ...list(mapping(access)['allowedRoles'])
      .map(text)
      .filter((role) => !talosRoles.includes(role))
      .map(
        (role) => `invalid role ${quote(role)} in allowed roles for Kubernetes Talos API Access`,
      ),
  ];
}

/** What is wrong with registries, in the order in which Talos finds it at last. */
export function registryErrors(machine: MachineSection): string[] {
  const registries = mapping(mapping(machine)['registries']);
  return ['config', 'mirrors'].flatMap((section) =>
    Object.entries(mapping(registries[section]))
      .filter(([, value]) => value === null)
      .map(([key]) => `registries.${section}[${quote(key)}] is null`),
  );
}

function wrapped(what: string, errors: readonly string[]): string[] {
  return errors.length > 0 ? [`invalid machine node ${what}: ${listErrors(errors)}`] : [];
}

function roleErrors(
  machine: MachineSection,
  cluster: ClusterSection | undefined,
  cniErrors: readonly string[],
): string[] {
  switch (machine.type) {
    case 'init':
    case 'controlplane':
      if (!machine.ca) return [...cniErrors, 'issuing CA is required (.machine.ca)'];
      if ((machine.ca.key ?? '') !== '') return [...cniErrors];
      return [...cniErrors, 'issuing CA key is required for controlplane nodes (.machine.ca.key)'];
    case 'worker':
    case 'join':
    case undefined:
    case '':
      return workerErrors(machine, cluster);
    default:
      return [`unknown machine type "${machine.type}"`];
  }
}

function workerErrors(machine: MachineSection, cluster: ClusterSection | undefined): string[] {
  const errors: string[] = [];
  for (const device of machine.network?.interfaces ?? []) {
    const vlans = list(mapping(device)['vlans']).map(mapping);
    for (const { vip } of [mapping(device), ...vlans]) {
      if (vip === undefined) continue;
      errors.push('virtual (shared) IP is not allowed on non-controlplane nodes');
    }
  }
  if ((machine.ca?.key ?? '') !== '') {
    errors.push('issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)');
  }
  if (machine.ca && (machine.ca.crt ?? '') === '' && (machine.acceptedCAs ?? []).length === 0) {
    errors.push(
      'trusted CA certificates are required on non-controlplane nodes (.machine.ca.crt, .machine.acceptedCAs)',
    );
  }
  if ((cluster?.ca?.key ?? '') !== '') {
    errors.push(
      'issuing Kubernetes API CA key is not allowed on non-controlplane nodes (.cluster.ca)',
    );
  }
  return errors;
}
