import { type EtcdMemberView } from '../../cluster/talos/etcd.js';
import { unsafe } from '../../cluster/plan/scale-plan.js';
import { inParallel } from '../../lib/parallel.js';
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
 * The members of etcd and how each of them is. Throws when no control plane can list them: what
 * cannot be told is never taken for good.
 */
export async function readEtcd(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<readonly EtcdMemberView[]> {
  const [members, statuses] = await inParallel(
    listMembers(ctx, controlPlanes),
    inParallel(...controlPlanes.map((node) => healthyMember(ctx, node))),
  );
  const healthy = new Set(statuses);
  return members.map(({ id, hostname, learner, peerUrls }) => ({
    ...{ id, hostname, learner },
    server: controlPlanes.find(({ privateIp }) =>
      peerUrls.some((url) => new URL(url).hostname === privateIp),
    )?.name,
    healthy: healthy.has(id),
  }));
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
  return members.find(({ peerUrls }) =>
    peerUrls.some((url) => new URL(url).hostname === leaving.privateIp),
  );
}
