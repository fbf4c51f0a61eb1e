import { isSpent, notAmongNodes } from '../../cluster/plan/scale/removal-order.js';
import { labelKeys, removalStage, type RemovalStage } from '../../cluster/state/labels.js';
import type { ServerState } from '../../cluster/state/cluster-state.js';
import type { LoadBalancerState } from '../../cluster/state/load-balancer.js';
import { nodesOfServer } from '../../cluster/state/nodes.js';
import { messageOf, OxideError, TimeoutError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { removeTarget } from '../access/balancer-targets.js';
import type { FlowContext } from '../run/context.js';
import { deleteServer } from '../ownership/deletions.js';
import { demandDrained, giveBack, leavingPods } from './cordon.js';
import { drainNode } from './drain.js';
import { nodesOf, readNodes } from './server-nodes.js';
import type { NodeActs } from './node-acts.js';
import { demandRemovable, ensureMemberGone } from '../talos/etcd.js';
import { memberOf } from '../observe/etcd-members.js';
import type { ConcurrencyLimit } from '../../lib/concurrency-limit.js';
import { addressed, type NodeServer } from '../run/node-server.js';
import { askKubernetes, waitOptions, type Ask } from '../run/waiting.js';

/** What a reset of a worker takes at least, ms. */
const resetMs = 10_000;
const leaveTimeoutMs = 30_000;

export interface Removal {
  readonly leaving: ServerState;
  /** Control planes that stay and answer: the way to the node, and what is left of etcd. */
  readonly others: readonly NodeServer[];
  /** Control planes that go after it in this run. */
  readonly later: readonly NodeServer[];
  /** The load balancer before the control planes; undefined: none. */
  readonly balancer: LoadBalancerState | undefined;
  /** How long its pods may take to go. */
  readonly drainTimeoutMs: number;
  /** Neither drains nor asks the node: for dead ones. */
  readonly force: boolean;
  /** Passed to drain: pods that move at once need room on the nodes that stay. */
  readonly drains: ConcurrencyLimit;
  /** Shared by removals that run side by side. */
  readonly acts: NodeActs;
}

/**
 * Removes one node, each step only after the one before has its effect: pods, etcd, the node in
 * Kubernetes, the server. A label on the server tells later runs how far this one came.
 */
export async function removeNode(ctx: FlowContext, removal: Removal, io: StepIo): Promise<void> {
  const { leaving, force, balancer } = removal;
  await checkEtcd(ctx, removal);
  if (!force && !(await isEmptyAlready(ctx, leaving))) await emptyNode(ctx, removal, io);
  if (balancer && leaving.role === 'control-plane') await removeTarget(ctx, balancer, leaving.id);
  await mark(ctx, leaving, 'reset');
  if (!force) await resetNode(ctx, removal, io);
  if (leaving.role === 'control-plane') {
    io.detail('etcd');
    await ensureMemberGone(ctx, { ...removal, leaving: addressed(leaving) }, io);
  }
  if (force) await cutPower(ctx, leaving, io);
  io.detail('deleting the node and its server');
  await forgetNode(ctx, removal, io);
  await deleteServer(ctx, leaving, io);
  await verifyGone(ctx, removal, io);
  io.summary(`id ${leaving.id}`);
}

/**
 * An earlier run has drained it; since then, somebody may have let it take pods again, or it came by
 * some before it was cordoned.
 */
async function isEmptyAlready(ctx: FlowContext, leaving: ServerState): Promise<boolean> {
  if (removalStage(leaving.labels) !== 'reset') return false;
  const nodes = await readNodes(ctx);
  if (!isSpent(leaving, nodes)) return false;
  const [node] = nodesOfServer(nodes, leaving);
  return !node?.ready || (await leavingPods(ctx, node.name)).length === 0;
}

/** Gives a node back to the cluster that a stopped run began to remove. */
export async function releaseNode(ctx: FlowContext, server: ServerState): Promise<void> {
  const [node] = await nodesOf(ctx, server);
  if (node) await giveBack(ctx, node.name);
  await mark(ctx, server, undefined);
}

/** Gives a node back after its removal has failed; the error says whether it could be. */
async function releasedAfter(
  ctx: FlowContext,
  server: ServerState,
  error: unknown,
): Promise<unknown> {
  let given = 'It takes pods again.';
  try {
    await releaseNode(ctx, server);
  } catch (second) {
    if (!(second instanceof OxideError)) throw second;
    given = `It is still cordoned: ${messageOf(second)}`;
  }
  if (!(error instanceof OxideError)) return error;
  const hint = [given, error.hint].filter((part) => part !== undefined).join(' ');
  return new OxideError(error.message, { hint, exitCode: error.exitCode, cause: error });
}

async function mark(
  ctx: FlowContext,
  { id }: ServerState,
  stage: RemovalStage | undefined,
): Promise<void> {
  const server = await ctx.observer.server(id);
  if (server && removalStage(server.labels) === stage) return;
  const changes = { [labelKeys.removal]: stage };
  await ctx.hetzner.updateServerLabels(id, changes, server?.labels);
}

async function emptyNode(ctx: FlowContext, removal: Removal, io: StepIo): Promise<void> {
  const { leaving, drainTimeoutMs, drains } = removal;
  const [node] = await nodesOf(ctx, leaving);
  if (!node && leaving.status === 'running') throw notAmongNodes([leaving]);
  if (!node) return;
  if (await drainEmpty(ctx, removal, node.name)) return;
  io.detail('waiting for its turn to be drained');
  await drains(async () => {
    const looking = leavingPods(ctx, node.name);
    // Whether it could look is asked below, when there is something to take back.
    looking.catch(() => undefined);
    await mark(ctx, leaving, 'drain');
    const onProgress = (text: string): void => {
      io.detail(`draining: ${text}`);
    };
    try {
      const before = await looking;
      await drainNode(ctx, { node: node.name, before, timeoutMs: drainTimeoutMs, onProgress });
      await checkEtcd(ctx, removal);
    } catch (error) {
      // Interrupted, the mark stays: the next run finds the node cordoned.
      ctx.signal.throwIfAborted();
      throw await releasedAfter(ctx, leaving, error);
    }
  });
}

/**
 * Drains a node on which nothing has to move: it needs no turn, and one mark says both that it is
 * drained and that it goes. False: it is not that easy.
 */
async function drainEmpty(ctx: FlowContext, removal: Removal, node: string): Promise<boolean> {
  const { leaving, acts } = removal;
  // A control plane may still be needed after its drain: that is asked in between.
  if (leaving.role !== 'worker' || (await leavingPods(ctx, node)).length > 0) return false;
  await mark(ctx, leaving, 'reset');
  try {
    const drained = await acts.drainEmpty(node);
    if (drained) await demandDrained(ctx, node, drained);
    return drained !== undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    throw await releasedAfter(ctx, leaving, error);
  }
}

/** Asks the node to leave etcd and to switch itself off, and waits until facts say that it did. */
async function resetNode(ctx: FlowContext, removal: Removal, io: StepIo): Promise<void> {
  const { leaving } = removal;
  const isControlPlane = leaving.role === 'control-plane';
  io.detail('resetting');
  const said = await removal.acts.reset(leaving);
  // One that an earlier run told to reset itself may be off already.
  const isBegun = isControlPlane || removalStage(leaving.labels) === 'reset';
  if (!isBegun) await ctx.clock.sleep(resetMs, ctx.signal);
  const ask = askKubernetes(ctx);
  const probe = isControlPlane ? () => leftEtcd(ctx, removal) : () => hasStopped(ctx, leaving, ask);
  try {
    const patience = {
      timeoutMs: isControlPlane ? leaveTimeoutMs : ctx.config.timeouts.reset,
      hint: `${said === undefined ? '' : `talosctl reset said: ${said}\n`}Its pods are gone. Remove it as it is: the same command with --force`,
    };
    await waitFor(`${leaving.name} to reset itself`, probe, waitOptions(ctx, io, patience));
  } catch (error) {
    // A member that does not leave is taken out afterwards.
    if (!isControlPlane || !(error instanceof TimeoutError)) throw error;
  }
}

/**
 * A node that does not answer may run all the same. Without a node Kubernetes starts its pods elsewhere:
 * before that nothing of it may run.
 */
async function cutPower(ctx: FlowContext, leaving: ServerState, io: StepIo): Promise<void> {
  if ((await statusOf(ctx, leaving)) !== 'running') return;
  io.detail('switching its server off');
  await ctx.actions.wait(await ctx.hetzner.powerOff(leaving.id), `${leaving.name}: power off`);
}

/** Takes the node out of Kubernetes, which may be away for a moment. */
async function forgetNode(ctx: FlowContext, removal: Removal, io: StepIo): Promise<void> {
  const ask = askKubernetes(ctx);
  const patience = {
    timeoutMs: ctx.config.timeouts.reset,
    hint: 'Its pods are gone, and it has switched itself off. The same command goes on from here.',
  };
  await waitFor(
    `the node ${removal.leaving.name} to be deleted`,
    () => ask(() => deleteNodesOf(ctx, removal)),
    waitOptions(ctx, io, patience),
  );
}

/** Deletes every node that the server is, and says how many that were. */
async function deleteNodesOf(ctx: FlowContext, { leaving, acts }: Removal): Promise<number> {
  const nodes = await nodesOf(ctx, leaving);
  for (const { name } of nodes) await acts.deleteNode(name);
  return nodes.length;
}

/** Throws when etcd would not survive that this control plane leaves; one that has left may go on. */
async function checkEtcd(ctx: FlowContext, removal: Removal): Promise<void> {
  const { leaving, others } = removal;
  if (leaving.role !== 'control-plane') return;
  const node = addressed(leaving);
  if (await memberOf(ctx, node, others)) await demandRemovable(ctx, { ...removal, leaving: node });
}

async function leftEtcd(ctx: FlowContext, { leaving, others }: Removal): Promise<Probe<true>> {
  const member = await memberOf(ctx, addressed(leaving), others);
  return member ? { waiting: 'its etcd member is still listed' } : { ready: true };
}

async function hasStopped(ctx: FlowContext, leaving: ServerState, ask: Ask): Promise<Probe<true>> {
  const status = await statusOf(ctx, leaving);
  if (status === undefined || status === 'off') return { ready: true };
  const asked = await ask(() => nodesOf(ctx, leaving));
  if ('waiting' in asked) return asked;
  const nodes = asked.ready;
  const isSilent = nodes.every(({ ready }) => !ready);
  const isCordoned = nodes.some(({ unschedulable }) => unschedulable);
  if (nodes.length === 0 || (isSilent && isCordoned)) return { ready: true };
  return { waiting: `its server is ${status}, the node ${isSilent ? 'not Ready' : 'Ready'}` };
}

/** Hetzner's word for the server's state; undefined: it is gone. */
async function statusOf(ctx: FlowContext, { id }: ServerState): Promise<string | undefined> {
  return (await ctx.observer.server(id))?.status;
}

/** A kubelet that was still running may have registered its node once more. */
async function verifyGone(ctx: FlowContext, removal: Removal, io: StepIo): Promise<void> {
  const { leaving } = removal;
  const ask = askKubernetes(ctx);
  const probe = async (): Promise<Probe<true>> => {
    const status = await statusOf(ctx, leaving);
    if (status !== undefined) return { waiting: `the server is still there (${status})` };
    const deleted = await ask(() => deleteNodesOf(ctx, removal));
    if ('waiting' in deleted) return deleted;
    return deleted.ready === 0 ? { ready: true } : { waiting: 'the node had registered again' };
  };
  const patience = {
    timeoutMs: ctx.config.timeouts.reset,
    hint: 'Its pods are gone, and its server was told to go. The same command looks again.',
  };
  await waitFor(`${leaving.name} to be gone`, probe, waitOptions(ctx, io, patience));
}
