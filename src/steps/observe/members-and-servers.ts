import { goneMembers, type EtcdMemberView } from '../../cluster/talos/etcd.js';
import { PreconditionError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { etcdPeers, readEtcd, type listEtcd } from './etcd-members.js';

interface Reading {
  /** All control planes of the cluster. */
  readonly nodes: readonly NodeServer[];
  /** With how each of them is, unless told. */
  readonly read?: typeof listEtcd;
}

/**
 * The members as these control planes say, each with its server; undefined when nobody can list
 * them.
 */
export async function readMembers(
  ctx: FlowContext,
  running: readonly NodeServer[],
  { nodes, read = readEtcd }: Reading,
): Promise<readonly EtcdMemberView[] | undefined> {
  try {
    return await withServers(ctx, await read(ctx, running, nodes), running);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof PreconditionError) return undefined;
    throw error;
  }
}

/**
 * Members of control planes that lost their labels, or their place in the network, are not gone:
 * every server of the project is looked at before a member is taken for one that nobody needs.
 */
export async function withServers(
  ctx: FlowContext,
  members: readonly EtcdMemberView[],
  running: readonly NodeServer[],
): Promise<readonly EtcdMemberView[]> {
  if (goneMembers(members).length === 0) return members;
  const [servers, peers] = await inParallel(ctx.hetzner.servers(), etcdPeers(ctx, running));
  return members.map((member) => {
    if (member.server !== undefined) return member;
    const hosts = peers.get(member.id) ?? [];
    const bearer = servers.find(
      ({ name, private_net: nets }) =>
        name === member.hostname || nets.some(({ ip }) => hosts.includes(ip)),
    );
    return { ...member, server: bearer?.name };
  });
}
