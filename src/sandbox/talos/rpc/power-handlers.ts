import { durationOf } from '../../timings.js';
import type { NodeState } from '../node-state.js';
import { GrpcError, type ResetParameters } from '../protocol.js';
import { leave } from './etcd-handlers.js';
import { configured, type CallContext, type HandlersOf } from './context.js';

/** Calls that end the current boot. */
export const powerHandlers: HandlersOf<'Reboot' | 'Reset' | 'Shutdown'> = {
  Reboot: (context) => {
    context.world.reboot(context.node.state, context.now);
    return { actor: context.world.random.hex(20) };
  },
  Reset: (context, parameters) => {
    reset(context, parameters);
    return { actor: context.world.random.hex(20) };
  },
  Shutdown: (context) => {
    context.node.state.offAt = context.now + durationOf('shutdownServer');
    return { actor: context.world.random.hex(20) };
  },
};

function reset(context: CallContext, parameters: ResetParameters): void {
  const { graceful, systemLabelsToWipe, wipeMode, reboot: staysOn } = parameters;
  const node = configured(context);
  if (node.state.offAt !== undefined) throw new GrpcError('FailedPrecondition', 'locked');
  const wipe = wipeMode === 'user-disks' ? undefined : wipeOf(systemLabelsToWipe);
  const { etcd } = node.state;
  const cluster = etcd && context.world.cluster(etcd.cluster);
  if (graceful && cluster) {
    leave(() => {
      cluster.etcd.remove(etcd.member, context.now);
    }, etcd.member);
    delete node.state.etcd;
  }
  if (wipe !== undefined) node.state.wipe = wipe;
  if (staysOn) context.world.reboot(node.state, context.now);
  else node.state.offAt = context.now + durationOf('wipe');
}

function wipeOf(labels: readonly string[]): NonNullable<NodeState['wipe']> {
  if (labels.length === 0) return 'everything';
  const state = labels.includes('STATE');
  const ephemeral = labels.includes('EPHEMERAL');
  if (state && ephemeral) return 'state and ephemeral';
  if (state || ephemeral) return state ? 'state' : 'ephemeral';
  const unknown = labels[0] ?? '';
  throw new GrpcError('Unknown', `failed to find device with partition labeled ${unknown}`);
}
