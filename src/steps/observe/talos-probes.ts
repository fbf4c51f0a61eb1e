import type { NodeFacts, TalosSeen } from '../../cluster/status/report.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { nodeOfServer } from '../../cluster/state/nodes.js';
import type { Answer } from '../../lib/answer.js';
import { OxideError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { plural } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { ToolError, type Invocation, type ToolOutput } from '../../tools/exec.js';
import {
  etcdStatus,
  hasLeader,
  parseEtcdStatus,
  parseEtcdStatuses,
  parseServerVersion,
  parseServerVersions,
  version,
  type EtcdStatus,
  type TalosTarget,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import { runningControlPlanes, type NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { ask } from './answers.js';

interface TalosQuestion {
  readonly state: ClusterState;
  /** What Kubernetes says of the nodes, once it has said it. */
  readonly nodes: Promise<readonly NodeFacts[]>;
}

/** What Talos and etcd say on every control plane that runs. */
export async function probeTalos(
  ctx: FlowContext,
  { state, nodes }: TalosQuestion,
  io: StepIo,
): Promise<readonly TalosSeen[]> {
  const running = runningControlPlanes(state);
  const { talosconfig } = ctx.files;
  if ((await readTextIfExists(talosconfig)) === undefined) {
    const unknown = { unknown: `there is no ${talosconfig}` };
    io.unmet(unknown.unknown);
    return running.map(({ name }) => ({ server: name, version: unknown, etcd: unknown }));
  }
  const seen = await askControlPlanes(ctx, running, nodes);
  const answering = seen.filter(({ version: answer }) => 'is' in answer).length;
  const said = `${answering} of ${plural(running.length, 'control plane')} answer`;
  if (answering === running.length) io.summary(said);
  else io.unmet(said);
  return seen;
}

async function askControlPlanes(
  ctx: FlowContext,
  running: readonly NodeServer[],
  nodes: Promise<readonly NodeFacts[]>,
): Promise<readonly TalosSeen[]> {
  const statuses = await askEach(ctx, running, {
    call: etcdStatus,
    ofOne: parseEtcdStatus,
    ofSeveral: parseEtcdStatuses,
  });
  const known = await nodes;
  // Talos has just answered there, and a kubelet that lives tells on which version it runs.
  const told = new Map(
    running.map((server) => {
      const node = 'is' in statuses(server.name) ? nodeOfServer(known, server) : undefined;
      return [server.name, node?.ready ? node.talosVersion : undefined];
    }),
  );
  const versions = await askEach(
    ctx,
    running.filter(({ name }) => told.get(name) === undefined),
    { call: version, ofOne: parseServerVersion, ofSeveral: parseServerVersions },
  );
  return running.map(({ name }) => {
    const is = told.get(name);
    return toSeen(name, is === undefined ? versions(name) : { is }, statuses(name));
  });
}

function toSeen(server: string, talos: Answer<string>, etcd: Answer<EtcdStatus>): TalosSeen {
  if (!('is' in etcd)) return { server, version: talos, etcd };
  const { member, leader, learner, errors } = etcd.is;
  const led = hasLeader(etcd.is);
  const healthy = led && !learner && errors === '';
  const is = { member, leader: leader === member, healthy };
  return { server, version: talos, etcd: { is }, leaderless: !led };
}

interface Question<T> {
  readonly call: (target: TalosTarget) => Invocation;
  readonly ofOne: (output: ToolOutput) => T;
  /** By the address of the node. */
  readonly ofSeveral: (output: ToolOutput) => ReadonlyMap<string, T>;
}

/**
 * Asks all of them in one call. Who is not in its answer is asked alone, at its own address: only so it
 * is known whether it is silent, and why.
 */
async function askEach<T>(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  question: Question<T>,
): Promise<(name: string) => Answer<T>> {
  const together = await askTogether(ctx, nodes, question);
  const answers = await inParallel(
    ...nodes.map(async (node): Promise<[string, Answer<T>]> => {
      const is = together.get(node.privateIp);
      if (is !== undefined) return [node.name, { is }];
      const alone = question.call(targetOf(ctx, node));
      return [node.name, await ask(ctx, async () => question.ofOne(await ctx.run(alone)))];
    }),
  );
  const byName = new Map(answers);
  return (name) => byName.get(name) ?? { unknown: 'it was not asked' };
}

/** Through any of them, over the private network; what cannot be read answers for nobody. */
async function askTogether<T>(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  { call, ofSeveral }: Question<T>,
): Promise<ReadonlyMap<string, T>> {
  if (nodes.length < 2) return new Map();
  const target = {
    talosconfig: ctx.files.talosconfig,
    endpoint: nodes.map(({ publicIpv4 }) => publicIpv4).join(','),
    node: nodes.map(({ privateIp }) => privateIp).join(','),
  };
  try {
    return ofSeveral(await ctx.run(call(target)).catch(printedAllTheSame));
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return new Map();
    throw error;
  }
}

/** From 1.14 on talosctl fails when one node does, and prints what the others answered. */
function printedAllTheSame(error: unknown): ToolOutput {
  if (error instanceof ToolError && !error.failure.timedOut) return error.failure;
  throw error;
}
