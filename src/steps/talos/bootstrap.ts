import { tool } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import {
  bootstrap,
  bootstrapOutcome,
  etcdService,
  parseEtcdService,
  reboot,
  talosObstacle,
  version,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { askTalos, waitOptions, type Ask } from '../run/waiting.js';
import { findEtcdData } from './etcd-data.js';

/** Waits until the node's Talos API answers with the cluster's own certificate. */
export async function waitForTalos(ctx: FlowContext, node: NodeServer, io: StepIo): Promise<void> {
  const ask = askTalos(ctx);
  await waitFor(
    `the Talos API of ${node.name} (${node.publicIpv4}:50000)`,
    () => ask(() => ctx.run(version(targetOf(ctx, node)))),
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.talos,
      hint:
        'Likely causes: the firewall does not admit this machine (hcloud.firewall.allowed_cidrs),\n' +
        'or the snapshot holds no Talos. The same command goes on from here.',
    }),
  );
}

export interface BootstrapWish {
  /** The one that is bootstrapped, always the same: the cluster's endpoint. */
  readonly first: NodeServer;
  /** Control planes that an earlier run made: any of them may hold etcd's data. */
  readonly older: readonly NodeServer[];
}

/**
 * Bootstraps etcd, once in the life of the cluster. A second bootstrap on a node that has not
 * joined would found a second cluster beside the first, because Talos looks at that node's own data
 * only. So every control plane from an earlier run is asked first, and one that cannot be asked
 * stops the run. Returns whether it was done now.
 */
export async function bootstrapOnce(
  ctx: FlowContext,
  { first, older }: BootstrapWish,
  io: StepIo,
): Promise<boolean> {
  const holder = await findEtcdData(ctx, older, io);
  if (holder) {
    io.summary(`done before: ${holder.name} holds etcd's data`);
    return false;
  }
  const ask = askTalos(ctx);
  const options = waitOptions(ctx, io, {
    timeoutMs: ctx.config.timeouts.bootstrap,
    hint: `Look closer: ${tool`talosctl --nodes ${first.publicIpv4} dmesg`}\nThe same command goes on from here.`,
  });
  await waitFor(`the bootstrap of ${first.name}`, () => tryBootstrap(ctx, first), options);
  await waitFor(`etcd to run on ${first.name}`, () => etcdRuns(ctx, first, ask), options);
  const others = older.filter(({ id }) => id !== first.id);
  await inParallel(...others.map((node) => awaken(ctx, node, io)));
  io.summary(first.name);
  return true;
}

async function tryBootstrap(ctx: FlowContext, first: NodeServer): Promise<Probe<true>> {
  try {
    await ctx.run(bootstrap(targetOf(ctx, first)));
    return { ready: true };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    const outcome = bootstrapOutcome(error);
    if (outcome === 'fail') throw error;
    return outcome === 'already'
      ? { ready: true }
      : { waiting: talosObstacle(error)?.why ?? 'starting', words: error.reason, cause: error };
  }
}

/**
 * Talos agrees to a bootstrap before it has etcd's image. What fails then is not tried again by
 * itself; without data the next run bootstraps once more.
 */
async function etcdRuns(ctx: FlowContext, first: NodeServer, ask: Ask): Promise<Probe<true>> {
  const answer = await ask(async () =>
    parseEtcdService(await ctx.run(etcdService(targetOf(ctx, first)))),
  );
  if ('waiting' in answer) return answer;
  const { state, lastEvent, hasRun } = answer.ready;
  if (state === 'Failed') {
    throw new OxideError(`etcd did not start on ${first.name}. Talos says: ${lastEvent}`, {
      hint: 'When the reason is removed, the same command goes on from here.',
    });
  }
  return hasRun ? { ready: true } : { waiting: `etcd: ${lastEvent === '' ? state : lastEvent}` };
}

/**
 * An etcd that waited thirty minutes for the first one has given up, and Talos starts it again only
 * in another boot of its node. Nothing runs on the nodes of a cluster that was founded just now.
 */
async function awaken(ctx: FlowContext, node: NodeServer, io: StepIo): Promise<void> {
  const answer = await askTalos(ctx)(async () =>
    parseEtcdService(await ctx.run(etcdService(targetOf(ctx, node)))),
  );
  if ('waiting' in answer || answer.ready.state !== 'Failed') return;
  io.note(`etcd had given up waiting on ${node.name}: rebooting it`);
  await ctx.run(reboot(targetOf(ctx, node)));
}
