import type { StepIo } from '../../lib/step.js';
import type { FlowContext } from '../run/context.js';
import { waitForVoter } from './etcd.js';
import { startServer } from '../hetzner/servers.js';
import type { NodeServer } from '../run/node-server.js';
import { waitForTalos } from './bootstrap.js';

export interface Join {
  readonly node: NodeServer;
  /** Control planes that are voters already. */
  readonly others: readonly NodeServer[];
}

/** Starts a control plane that was made stopped, and waits until it is a voting member of etcd. */
export async function joinControlPlane(
  ctx: FlowContext,
  { node, others }: Join,
  io: StepIo,
): Promise<void> {
  if (node.status === 'off') {
    await startServer(ctx, node, (fact) => {
      io.detail(fact);
    });
  }
  await waitForTalos(ctx, node, io);
  await waitForVoter(ctx, { node, others }, io);
  io.summary('a voter');
}
