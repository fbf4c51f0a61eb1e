import { clusterErrors, cniFindings } from './validate/cluster.js';
import { deviceFindings } from './validate/devices.js';
import { documentErrors, documentWarnings } from './validate/documents.js';
import { installErrors } from './validate/machine/installation.js';
import { machineErrors, registryErrors } from './validate/machine.js';
import { listErrors } from './multi-error.js';
import type { MachineConfig, V1Alpha1 } from './types.js';
import { list, mapping } from './values.js';
import { kubernetesObjection, kubernetesVersionOf, minorOf } from './versions.js';

/** Where Talos runs. Hetzner Cloud is `cloud`; only `metal` needs an install section. */
export type RuntimeMode = 'metal' | 'cloud' | 'container';

export interface Findings {
  readonly warnings: readonly string[];
  /** The whole error text, or undefined when the configuration is valid. */
  readonly error?: string;
}

export interface ValidateOptions {
  readonly strict?: boolean;
  /** Whose rules they are; those of 1.13 when it is not said. */
  readonly talosVersion?: string;
}

/** Checks a configuration as `talosctl validate` does. */
export function validateConfig(
  config: MachineConfig,
  mode: RuntimeMode,
  { strict = false, talosVersion = 'v1.13.9' }: ValidateOptions = {},
): Findings {
  const { v1alpha1 } = config;
  const found = v1alpha1
    ? v1alpha1Findings(v1alpha1, mode, minorOf(talosVersion))
    : { warnings: [], errors: [] };
  const errors = strict
    ? [...found.errors, ...found.warnings.map((warning) => `warning: ${warning}`)]
    : found.errors;
  const all = [
    ...(errors.length > 0 ? [`v1alpha1.Config: ${listErrors(errors)}`] : []),
    ...documentErrors(config, talosVersion),
  ];
  return {
    warnings: [...(strict ? [] : found.warnings), ...documentWarnings(config)],
    ...(all.length > 0 ? { error: listErrors(all) } : {}),
  };
}

/**
 * Checks what only a running node can check: whether its Talos runs this Kubernetes
 * (Talos source, v1alpha1_validation.go, RuntimeValidate). The whole error text, or undefined.
 */
export function runtimeObjection(config: MachineConfig, talosVersion: string): string | undefined {
  const { machine, cluster } = config.v1alpha1 ?? {};
  const images = [['kubelet', machine?.kubelet?.image]];
  if (machine?.type === 'controlplane') {
    images.push(
      ['kube-apiserver', cluster?.apiServer?.image],
      ['kube-controller-manager', cluster?.controllerManager?.image],
      ['kube-scheduler', cluster?.scheduler?.image],
    );
  }
  const errors = images.flatMap(([name, image]) => {
    if (name === undefined || image === undefined) return [];
    const version = kubernetesVersionOf(image);
    const objection =
      version === undefined
        ? `invalid image reference: "${image}"`
        : kubernetesObjection(version, talosVersion);
    return objection === undefined ? [] : [`${name} image is not valid: ${objection}`];
  });
  return errors.length > 0 ? listErrors([`v1alpha1.Config: ${listErrors(errors)}`]) : undefined;
}

function v1alpha1Findings(
  config: V1Alpha1,
  mode: RuntimeMode,
  minor: number,
): { warnings: string[]; errors: string[] } {
  const { machine, cluster } = config;
  if (!machine) return { warnings: [], errors: ['machine instructions are required'] };
  const isControlPlane = machine.type === 'controlplane' || machine.type === 'init';
  const cni = isControlPlane ? cniFindings(cluster) : { warnings: [], errors: [] };
  const devices = deviceFindings(machine.network?.interfaces ?? []);
  const errors = [
    ...clusterErrors(cluster, isControlPlane, minor),
    ...installErrors(machine, mode, minor),
    ...machineErrors(config, { cni, devices, minor }),
  ];
  if (config.persist === false) errors.push('.persist should be enabled');
  errors.push(...registryErrors(machine));
  const warnings = [
    ...(minor >= 14 ? deprecations(machine) : []),
    ...typeWarnings(machine.type),
    ...cni.warnings,
    ...devices.warnings,
  ];
  if ((machine.install?.extensions ?? []).length > 0) {
    warnings.push(
      '.machine.install.extensions is deprecated, please see ' +
        'https://docs.siderolabs.com/talos/latest/platform-specific-installations/boot-assets',
    );
  }
  return { warnings, errors };
}

/** What Talos 1.14 would rather see in documents of their own. */
function deprecations(machine: object): string[] {
  const { files, baseRuntimeSpecOverrides } = mapping(machine);
  return [
    ...(list(files).length > 0
      ? ['.machine.files is deprecated; use dedicated configuration documents instead']
      : []),
    ...(Object.keys(mapping(baseRuntimeSpecOverrides)).length > 0
      ? [
          '.machine.baseRuntimeSpecOverrides is deprecated; use a CRIBaseRuntimeSpecConfig document instead',
        ]
      : []),
  ];
}

/** Talos takes old and empty names of the roles, but says so. */
function typeWarnings(type = ''): string[] {
  return type === '' || type === 'join'
    ? [`use "worker" instead of "${type}" for machine type`]
    : [];
}
