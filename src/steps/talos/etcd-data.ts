import { enumerate } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import {
  etcdFolder,
  etcdService,
  parseEtcdFolder,
  parseEtcdService,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { askTalos, waitOptions } from '../run/waiting.js';

/**
 * How often in a row a node must have no data. A bootstrap that an earlier run asked for may still
 * be fetching etcd's image: that looks like one that nobody asked for.
 */
const emptyTimes = 3;

/**
 * One of these nodes that holds etcd's data; undefined when none does. One that has it settles the
 * question, so a dead control plane beside it holds nothing up.
 */
export async function findEtcdData(
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
 * A probe for etcd's data on a node. Its folder decides: the state of the service is `Failed` also
 * for an etcd that nobody bootstrapped. An etcd that runs is proof all the same, because it fills
 * its folder a moment after it began.
 */
function etcdDataProbe(ctx: FlowContext, node: NodeServer): () => Promise<Probe<boolean>> {
  const target = targetOf(ctx, node);
  const ask = askTalos(ctx);
  let seenEmpty = 0;
  return async () => {
    const folder = await ask(async () => parseEtcdFolder(await ctx.run(etcdFolder(target))));
    if ('ready' in folder && folder.ready === 'data') return { ready: true };
    const service = await ask(async () => parseEtcdService(await ctx.run(etcdService(target))));
    if ('ready' in service && service.ready.hasRun) return { ready: true };
    const unknown = [folder, service].find((answer) => 'waiting' in answer);
    seenEmpty = unknown === undefined ? seenEmpty + 1 : 0;
    if (seenEmpty >= emptyTimes) return { ready: false };
    return unknown ?? { waiting: 'it holds no data; looking again' };
  };
}
