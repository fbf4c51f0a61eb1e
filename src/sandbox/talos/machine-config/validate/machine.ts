import { annotationErrors, labelErrors, taintErrors } from '../labels.js';
import { quote } from '../layout/go-text.js';
import { parseUrl } from '../layout/go-url.js';
import { isSubnetOrAddress } from '../layout/network-texts.js';
import { listErrors } from '../multi-error.js';
import type { MachineSection, V1Alpha1 } from '../types.js';
import { list, mapping, text, type Mapping } from '../values.js';
import { kubespanErrors, kubespanLinkErrors } from './machine/kubespan.js';
import { diskErrors, encryptionErrors } from './machine/disks.js';
import { roleErrors } from './machine/role.js';

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
  if (kubespan?.enabled === true) errors.push(...kubespanLinkErrors(kubespan));
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
