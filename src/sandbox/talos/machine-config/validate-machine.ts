import { annotationErrors, labelErrors, taintErrors } from './labels.js';
import { listErrors } from './multi-error.js';
import type { ClusterSection, MachineSection, V1Alpha1 } from './types.js';
import { isSubnetOrAddress } from './validate-cluster.js';

/** Fields of the kubelet's configuration that belong to Talos. */
const protectedKubeletFields = [
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
export function installErrors(machine: MachineSection, mode: string): string[] {
  const errors: string[] = [];
  const { install } = machine;
  if (mode === 'metal') {
    if (!install) errors.push(`install instructions are required in "${mode}" mode`);
    else {
      if ((install.disk ?? '') === '' && install.diskSelector === undefined) {
        errors.push('either install disk or diskSelector should be defined');
      }
      if ((install.extraKernelArgs ?? []).length > 0 && install.grubUseUKICmdline === true) {
        errors.push("install.extraKernelArgs and install.grubUseUKICmdline can't be used together");
      }
    }
  }
  const dns = machine.features?.hostDNS;
  if (mode === 'container' && dns?.enabled !== true) {
    errors.push(
      'feature HostDNS should be enabled in container mode (.machine.features.hostDNS.enabled)',
    );
  }
  if (mode === 'container' && dns?.forwardKubeDNSToHost !== true) {
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

/** What is wrong with the section `machine`, in the order in which Talos finds it. */
export function machineErrors(config: V1Alpha1, cniErrors: readonly string[]): string[] {
  const { machine = {}, cluster } = config;
  const errors: string[] = [];
  const hasAccepted = (machine.acceptedCAs ?? []).length > 0;
  if (!machine.ca && !hasAccepted) {
    errors.push('issuing CA or some accepted CAs are required (.machine.ca, machine.acceptedCAs)');
  }
  errors.push(...roleErrors(machine, cluster, cniErrors));
  const { kubespan } = machine.network ?? {};
  if (kubespan?.enabled === true && (kubespan.mtu ?? defaultMtu) < smallestMtu) {
    errors.push(`kubespan link MTU must be at least ${smallestMtu}`);
  }
  for (const subnet of machine.kubelet?.nodeIP?.validSubnets ?? []) {
    if (!isSubnetOrAddress(subnet)) errors.push(`kubelet nodeIP subnet is not valid: "${subnet}"`);
  }
  for (const field of protectedKubeletFields) {
    if (machine.kubelet?.extraConfig && Object.hasOwn(machine.kubelet.extraConfig, field)) {
      errors.push(`kubelet configuration field "${field}" can't be overridden`);
    }
  }
  const { ephemeral, state } = machine.systemDiskEncryption ?? {};
  for (const [label, encryption] of Object.entries({ EPHEMERAL: ephemeral, STATE: state })) {
    if (encryption && (encryption.keys ?? []).length === 0) {
      errors.push(`partition "${label}": no encryption keys provided`);
    }
  }
  errors.push(
    ...wrapped('labels', labelErrors(machine.nodeLabels ?? {})),
    ...wrapped('annotations', annotationErrors(machine.nodeAnnotations ?? {})),
    ...wrapped('taints', taintErrors(machine.nodeTaints ?? {})),
  );
  if (machine.features?.kubernetesTalosAPIAccess?.enabled && machine.type === 'worker') {
    errors.push(
      'feature Kubernetes Talos API Access can only be enabled on control plane machines',
    );
  }
  return errors;
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
    if (device.vip !== undefined) {
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
