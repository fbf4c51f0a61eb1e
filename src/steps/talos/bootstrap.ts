import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import {
  bootstrap,
  bootstrapOutcome,
  etcdService,
  hasEtcdData,
  talosObstacle,
  version,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { askTalos, waitOptions } from '../run/waiting.js';

/** How often in a row a node must say that its etcd waits for a bootstrap. */
const emptyTimes = 3;

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
    io.summary(`etcd runs already, on ${holder.name}`);
    return false;
  }
  await waitFor(
    `the bootstrap of ${first.name}`,
    () => tryBootstrap(ctx, first),
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.bootstrap,
      hint: `Look closer: talosctl --talosconfig ${ctx.files.talosconfig} --nodes ${first.publicIpv4} dmesg\nThe same command goes on from here.`,
    }),
  );
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
 * One of these nodes whose etcd has ever run; undefined when none has. One that has it settles the
 * question, so a dead control plane beside it holds nothing up.
 */
async function findEtcdData(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  io: StepIo,
): Promise<NodeServer | undefined> {
  if (nodes.length === 0) return undefined;
  const names = enumerate(nodes.map(({ name }) => name));
  const probes = nodes.map((node) => ({ node, look: etcdDataProbe(ctx, node) }));
  const probeAll = async (): Promise<Probe<NodeServer | undefined>> => {
    const answers = await inParallel(
      ...probes.map(async ({ node, look }) => ({ node, seen: await look() })),
    );
    const holder = answers.find(({ seen }) => 'ready' in seen && seen.ready);
    if (holder) return { ready: holder.node };
    const silent = answers.flatMap(({ node, seen }) =>
      'waiting' in seen ? [`${node.name}: ${seen.waiting}`] : [],
    );
    return silent.length === 0 ? { ready: undefined } : { waiting: silent.join('; ') };
  };
  return waitFor(
    `etcd's state on ${names}`,
    probeAll,
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.talos,
      hint:
        'oxide does not bootstrap etcd before every existing control plane was asked whether it holds\n' +
        "the cluster's data. Make it reachable, or delete its server if it is lost.",
    }),
  );
}

/**
 * A probe for etcd's data on a node. A member that reboots looks for a moment like a node that
 * waits for its first bootstrap: only what is seen several times in a row counts as having none.
 */
function etcdDataProbe(ctx: FlowContext, node: NodeServer): () => Promise<Probe<boolean>> {
  const ask = askTalos(ctx);
  let seenEmpty = 0;
  return async () => {
    const answer = await ask(() => ctx.run(etcdService(targetOf(ctx, node))));
    const has = 'ready' in answer ? hasEtcdData(answer.ready) : undefined;
    if (has === true) return { ready: true };
    seenEmpty = has === false ? seenEmpty + 1 : 0;
    if (seenEmpty >= emptyTimes) return { ready: false };
    return 'waiting' in answer ? answer : { waiting: 'etcd has not started yet' };
  };
}
