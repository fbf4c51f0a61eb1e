import { createHash } from 'node:crypto';
import { GrpcError, type EtcdMemberInfo } from '../protocol.js';
import type { EtcdMember } from '../etcd-cluster.js';
import { stop } from '../etcd-service.js';
import { demandControlPlane, ownEtcd, type HandlersOf } from './context.js';

/** Of an etcd that holds little more than an empty cluster. */
const pages = 4_096;
const pageSize = 512;

/** Calls about etcd; all are answered by control planes only. */
export const etcdHandlers: HandlersOf<
  | 'EtcdForfeitLeadership'
  | 'EtcdLeave'
  | 'EtcdMembers'
  | 'EtcdRemoveMember'
  | 'EtcdSnapshot'
  | 'EtcdStatus'
> = {
  EtcdForfeitLeadership: (context) => {
    demandControlPlane(context, 'etcd forfeit leadership');
    const { cluster, member } = ownEtcd(context);
    cluster.etcd.demandQuorum(context.now);
    cluster.etcd.forfeitLeadership(member);
    return {};
  },
  EtcdLeave: (context) => {
    demandControlPlane(context, 'etcd leave');
    const { cluster, member } = ownEtcd(context);
    leave(() => {
      cluster.etcd.remove(member, context.now);
    }, member);
    const { state } = context.node;
    delete state.etcd;
    delete state.hasEtcdFolder;
    delete state.apiServerAt;
    if (state.etcdService) stop(state.etcdService, context.now);
    return {};
  },
  EtcdMembers: (context) => {
    demandControlPlane(context, 'member list');
    const { cluster } = ownEtcd(context);
    cluster.etcd.demandQuorum(context.now);
    return { members: cluster.etcd.members.map(memberInfo) };
  },
  EtcdRemoveMember: (context, { id }) => {
    demandControlPlane(context, 'etcd remove member');
    const { cluster } = ownEtcd(context);
    cluster.etcd.remove(id, context.now);
    return {};
  },
  EtcdSnapshot: (context) => {
    demandControlPlane(context, 'etcd snapshot');
    ownEtcd(context);
    return { base64: snapshot(context.node.state.etcd?.cluster ?? '').toString('base64') };
  },
  EtcdStatus: (context) => {
    demandControlPlane(context, 'etcd status');
    const { cluster, member } = ownEtcd(context);
    const { state } = cluster.etcd;
    return {
      member,
      leader: cluster.etcd.hasQuorum(context.now) ? state.leader : '0000000000000000',
      dbSize: pages * pageSize,
      dbSizeInUse: (pages * pageSize) / 2,
      raftIndex: Math.floor((context.now - state.startsAt) / 1_000),
      raftTerm: state.raftTerm,
      isLearner: cluster.etcd.member(member)?.learner ?? false,
      version: '3.6.12',
    };
  },
};

/** Takes the member out of etcd; Talos wraps etcd's refusals. */
export function leave(remove: () => void, member: string): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof GrpcError) || error.code === 'DeadlineExceeded') throw error;
    throw new GrpcError(
      'Unknown',
      `failed to leave cluster: failed to remove member ${BigInt(`0x${member}`)}: ${error.message}`,
    );
  }
}

function memberInfo({ id, hostname, peerAddress, learner }: EtcdMember): EtcdMemberInfo {
  return {
    id,
    hostname,
    peerUrls: [`https://${peerAddress}:2380`],
    clientUrls: [`https://${peerAddress}:2379`],
    isLearner: learner,
  };
}

/** A database of whole pages and its checksum: 32 bytes over, which is what clients look at. */
function snapshot(cluster: string): Buffer {
  const database = Buffer.alloc(64 * pageSize);
  database.write(cluster);
  return Buffer.concat([database, createHash('sha256').update(database).digest()]);
}
