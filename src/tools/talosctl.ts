import type { Invocation } from './invocation.js';

export { bootstrapOutcome, isTalosSilent, talosObstacle, type Obstacle } from './talos-reasons.js';
export { parseEtcdFolder, parseEtcdService } from './etcd-answers.js';
export {
  hasLeader,
  parseEtcdMembers,
  parseEtcdStatus,
  parseEtcdStatuses,
  parseServerVersion,
  parseServerVersions,
} from './talos-answers.js';
export type { EtcdMember, EtcdStatus } from './talos-answers.js';
export { parseMachineConfigs } from './machine-config-facts.js';
export type { MachineConfigFacts } from './machine-config-facts.js';

/** How a node is reached: one endpoint, one node, and the credentials of the cluster. */
export interface TalosTarget {
  /** Path of the talosconfig. */
  readonly talosconfig: string;
  /** Public address of a control plane that passes the call on, or of the node itself. */
  readonly endpoint: string;
  /**
   * The node that is meant. One a call: with several, talosctl up to 1.13 ends with 0 although some
   * of them failed (Talos source, cmd/talosctl). Who names several looks for each of them in the answer.
   */
  readonly node: string;
}

/** For what works on local files, or is answered at once. */
const shortMs = 30_000;

const local = (...args: string[]): Invocation => ({ tool: 'talosctl', args, timeoutMs: shortMs });

function remote(
  { talosconfig, endpoint, node }: TalosTarget,
  args: readonly string[],
  timeoutMs = shortMs,
): Invocation {
  const target = ['--talosconfig', talosconfig, '--endpoints', endpoint, '--nodes', node];
  return { tool: 'talosctl', args: [...args, ...target], timeoutMs };
}

/** Prints `Talos v1.13.9` on its second line. */
export const clientVersion = (): Invocation => local('version', '--client', '--short');

/** Makes the cluster's secrets; refuses to overwrite. `contract` is a Talos minor: `v1.13`. */
export const genSecrets = (o: { file: string; contract: string }): Invocation =>
  local('gen', 'secrets', '--output-file', o.file, '--talos-version', o.contract);

interface GenConfigBase {
  readonly cluster: string;
  /** `https://10.0.1.254:6443` */
  readonly endpoint: string;
  /** Path of secrets.yaml. Without it each call would invent new secrets. */
  readonly secrets: string;
  /** A file in a folder that only its owner can enter: talosctl writes it for all to read (0644). */
  readonly output: string;
  /** Decides the layout of the configuration: an older node cannot read a newer one. */
  readonly contract: string;
  readonly kubernetesVersion: string;
  /** Strategic-merge patches, applied in this order. */
  readonly patchFiles: readonly string[];
  /** Further names of the Talos API's and the Kubernetes API's certificates. */
  readonly additionalSans: readonly string[];
}

/** Either a machine configuration for a role, or a talosconfig with a fresh client certificate. */
export type GenConfigOptions = GenConfigBase &
  ({ readonly role: 'control-plane' | 'worker' } | { readonly outputType: 'talosconfig' });

/** Comments and examples are left out: with them a configuration can exceed Hetzner's 32 KiB. */
export function genConfig(options: GenConfigOptions): Invocation {
  const { cluster, endpoint, secrets, output, contract, kubernetesVersion } = options;
  return local(
    ...['gen', 'config', cluster, endpoint],
    ...['--with-secrets', secrets],
    ...['--talos-version', contract],
    ...['--kubernetes-version', kubernetesVersion.replace(/^v/, '')],
    ...['--with-docs=false', '--with-examples=false'],
    ...patchArguments(options),
    ...options.additionalSans.flatMap((san) => ['--additional-sans', san]),
    ...['--output-types', outputType(options)],
    ...['--output', output],
  );
}

/**
 * Patches go to their role's flag: those of `--config-patch` are applied to both roles'
 * configurations, whichever is written, and one role's patch can fail on the other's.
 */
function patchArguments(options: GenConfigOptions): string[] {
  if ('outputType' in options) return [];
  return options.patchFiles.flatMap((file) => [`--config-patch-${options.role}`, `@${file}`]);
}

function outputType(options: GenConfigOptions): string {
  if ('outputType' in options) return options.outputType;
  return options.role === 'control-plane' ? 'controlplane' : 'worker';
}

/** Hetzner is `cloud`: no install section is demanded. */
export const validateConfig = (file: string): Invocation =>
  local('validate', '--config', file, '--mode', 'cloud');

/** Asks the node itself: succeeds when it accepts the cluster's credentials. */
export const version = (target: TalosTarget): Invocation => remote(target, ['version', '--short']);

/** The machine configurations of these nodes, by their private addresses. See `parseMachineConfigs`. */
export const getMachineConfigs = (
  { talosconfig, endpoint }: Omit<TalosTarget, 'node'>,
  nodes: readonly string[],
): Invocation =>
  remote(
    { talosconfig, endpoint, node: nodes.join(',') },
    ['get', 'machineconfig', 'v1alpha1', '--output', 'yaml'],
    60_000,
  );

/** Once in the life of a cluster, on one control plane. */
export const bootstrap = (target: TalosTarget): Invocation => remote(target, ['bootstrap'], 60_000);

/** What is in the folder of etcd's data. See `parseEtcdFolder`. */
export const etcdFolder = (target: TalosTarget): Invocation =>
  remote(target, ['list', '/var/lib/etcd']);

/** The state of etcd on this node. See `parseEtcdService`. */
export const etcdService = (target: TalosTarget): Invocation =>
  remote(target, ['service', 'etcd', 'status']);

/** Reboots the node, and does not wait for it. */
export const reboot = (target: TalosTarget): Invocation =>
  remote(target, ['reboot', '--wait=false']);

export const etcdMembers = (target: TalosTarget): Invocation => remote(target, ['etcd', 'members']);

/** The node's own view of etcd. See `parseEtcdStatus`. */
export const etcdStatus = (target: TalosTarget): Invocation => remote(target, ['etcd', 'status']);

/** `memberId` as `etcd members` shows it: hexadecimal. */
export const etcdRemoveMember = (target: TalosTarget, memberId: string): Invocation =>
  remote(target, ['etcd', 'remove-member', memberId], 60_000);

/** Writes a snapshot of etcd's data to `file`. */
export const etcdSnapshot = (target: TalosTarget, file: string): Invocation =>
  remote(target, ['etcd', 'snapshot', file], 10 * 60_000);

/** Writes the administrator's kubeconfig to `file`, without touching any other. */
export const kubeconfig = (target: TalosTarget, file: string): Invocation =>
  remote(target, ['kubeconfig', file, '--merge=false', '--force']);

/**
 * Drains the node, leaves etcd and switches the node off; of several nodes when the target names
 * them. talosctl ends when the services stop (`wait`) or hangs once the node is off, so facts decide
 * afterwards: the server is off, the member is gone.
 */
export const reset = (
  target: TalosTarget,
  options: { readonly graceful: boolean; readonly wait: boolean; readonly timeoutMs: number },
): Invocation =>
  remote(
    target,
    ['reset', `--graceful=${String(options.graceful)}`, ...(options.wait ? [] : ['--wait=false'])],
    options.timeoutMs,
  );
