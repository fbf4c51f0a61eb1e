import { durationOf } from '../../timings.js';
import { refusalOf } from '../boot.js';
import { GrpcError } from '../protocol.js';
import { ConfigDecodeError, decodeConfig } from '../machine-config/decode.js';
import { validateConfig } from '../machine-config/validate.js';
import { adminKubeconfig } from '../kubeconfig.js';
import { demandControlPlane, type CallContext, type HandlersOf } from './context.js';
import { checkHealth } from './health.js';
import { listResources } from './resources.js';

/** Calls about the cluster and its configuration. */
export const clusterHandlers: HandlersOf<
  'ApplyConfiguration' | 'Bootstrap' | 'Get' | 'Health' | 'Kubeconfig'
> = {
  ApplyConfiguration: (context, { config, dryRun }) => applyConfiguration(context, config, dryRun),
  Bootstrap: (context) => {
    const node = demandControlPlane(context, 'bootstrap');
    const { upAt = Infinity } = node.state;
    if (context.now < upAt + durationOf('etcdConditions')) {
      throw new GrpcError('FailedPrecondition', 'bootstrap is not available yet');
    }
    if (node.state.etcd) {
      throw new GrpcError('AlreadyExists', 'etcd data directory is not empty');
    }
    context.world.bootstrap(node, context.now);
    return {};
  },
  Get: (context, { type, id }) => listResources(context, type, id),
  Health: (context, parameters) => {
    demandControlPlane(context, 'health');
    return checkHealth(context, parameters);
  },
  Kubeconfig: async (context) => {
    const node = demandControlPlane(context, 'kubeconfig');
    return { kubeconfig: await adminKubeconfig(node.settings, context.now) };
  },
};

function applyConfiguration(
  { node, world, now }: CallContext,
  text: string,
  dryRun: boolean,
): { warnings: readonly string[]; details: string } {
  const talosVersion = node.machine.image?.talosVersion ?? '';
  const config = readConfig(text, talosVersion);
  const refusal = refusalOf(config, talosVersion);
  if (refusal !== undefined) throw new GrpcError('InvalidArgument', refusal);
  const { warnings } = validateConfig(config, 'cloud', { talosVersion });
  const wasConfigured = node.settings !== undefined;
  if (!dryRun && config.v1alpha1) {
    node.state.config = text;
    // Talos installs and reboots into its first configuration.
    if (!wasConfigured) world.reboot(node.state, now);
    const settings = world.settingsOf(node.state);
    if (wasConfigured && settings) world.reconfigured({ ...node, settings }, now);
  }
  return { warnings, details: appliedHow(wasConfigured, dryRun) };
}

function readConfig(text: string, talosVersion: string): ReturnType<typeof decodeConfig> {
  try {
    return decodeConfig(text, talosVersion);
  } catch (error) {
    if (!(error instanceof ConfigDecodeError)) throw error;
    throw new GrpcError('InvalidArgument', error.message);
  }
}

function appliedHow(wasConfigured: boolean, dryRun: boolean): string {
  if (dryRun) return 'Dry run summary:\nNo changes.';
  return wasConfigured ? 'Applied configuration without a reboot' : '';
}
