import { type EtcdMemberView } from '../../cluster/talos/etcd.js';
import { unsafe } from '../../cluster/plan/scale/scale-plan.js';
import { PreconditionError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { Probe } from '../../lib/wait.js';
import {
  etcdMembers,
  etcdStatus,
  parseEtcdMembers,
  parseEtcdStatus,
  type EtcdMember,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { asked } from '../run/waiting.js';

/**
 * The members of etcd and how each of them is, as these control planes say; `known` are those whose
 * members they may be. Throws when nobody can list them: what cannot be told is never taken for good.
 */
export async function readEtcd(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
  known: readonly NodeServer[] = controlPlanes,
): Promise<readonly EtcdMemberView[]> {
  const statuses = await inParallel(...controlPlanes.map((node) => healthyMember(ctx, node)));
  const healthy = new Set(statuses);
  // One that has just answered lists them; a dead one is waited for only when there is no other.
  const answering = controlPlanes.filter((_, i) => statuses[i] !== undefined);
  const others = controlPlanes.filter((node) => !answering.includes(node));
  return viewsOf(await listMembers(ctx, [...answering, ...others]), known, healthy);
}

/** The members without a word on how they are, in one call. */
export async function listEtcd(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
  known: readonly NodeServer[],
): Promise<readonly EtcdMemberView[]> {
  return viewsOf(await listMembers(ctx, controlPlanes), known, new Set());
}

function viewsOf(
  members: readonly EtcdMember[],
  known: readonly NodeServer[],
  healthy: ReadonlySet<string | undefined>,
): readonly EtcdMemberView[] {
  return members.map(({ id, hostname, learner, peerUrls }) => ({
    ...{ id, hostname, learner },
    server: known.find(({ privateIp }) => peerUrls.some((url) => hostOf(url) === privateIp))?.name,
    healthy: healthy.has(id),
  }));
}

/** The members of etcd; that nobody can list them is a reason to wait. */
export async function askMembers(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
  read: typeof listEtcd = readEtcd,
): Promise<Probe<readonly EtcdMemberView[]>> {
  try {
    return { ready: await read(ctx, controlPlanes, controlPlanes) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof PreconditionError) return { waiting: error.message };
    throw error;
  }
}

/** The addresses of each member, by its id. */
export async function etcdPeers(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const members = await listMembers(ctx, controlPlanes);
  return new Map(members.map(({ id, peerUrls }) => [id, peerUrls.map(hostOf)]));
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

async function listMembers(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<readonly EtcdMember[]> {
  let last = 'no control plane';
  for (const node of controlPlanes) {
    const listed = await asked(ctx, async () =>
      parseEtcdMembers(await ctx.run(etcdMembers(targetOf(ctx, node)))),
    );
    if ('ready' in listed && listed.ready.length > 0) return listed.ready;
    last = `${node.name}: ${'waiting' in listed ? listed.waiting : 'an empty list'}`;
  }
  throw unsafe(`the members of etcd cannot be listed (${last})`);
}

/** The id of the node's own member, when it answers and complains of nothing. */
async function healthyMember(ctx: FlowContext, node: NodeServer): Promise<string | undefined> {
  const status = await asked(ctx, async () =>
    parseEtcdStatus(await ctx.run(etcdStatus(targetOf(ctx, node)))),
  );
  return 'ready' in status && status.ready.errors === '' ? status.ready.member : undefined;
}

/** The leaving node's member in the list that the others have; undefined when it has left. */
export async function memberOf(
  ctx: FlowContext,
  leaving: NodeServer,
  others: readonly NodeServer[],
): Promise<EtcdMember | undefined> {
  const members = await listMembers(ctx, others);
  return members.find(({ peerUrls }) => peerUrls.some((url) => hostOf(url) === leaving.privateIp));
}
