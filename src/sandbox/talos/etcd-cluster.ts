import { GrpcError } from './protocol.js';

/** A member as etcd knows it, whether its machine still exists or not. */
export interface EtcdMember {
  /** 16 hex digits. */
  readonly id: string;
  /** What its etcd called itself when it last started. */
  hostname: string;
  readonly machineId: number;
  readonly peerAddress: string;
  /** A member that receives data but has no vote yet. */
  learner: boolean;
  /** When the learner may become a voter, simulated ms. */
  promotableAt: number;
}

export interface EtcdState {
  readonly id: string;
  readonly startsAt: number;
  readonly members: EtcdMember[];
  /** Member id. */
  leader: string;
  raftTerm: number;
}

const quorumLost = 'context deadline exceeded';

/**
 * The rules of etcd's membership (etcd source, server/etcdserver/server.go): quorum, one learner at
 * a time, and which changes a cluster refuses so that it does not lock itself out.
 */
export class EtcdCluster {
  constructor(
    readonly state: EtcdState,
    /** Whether the member's machine runs etcd now. */
    private readonly isRunning: (member: EtcdMember) => boolean,
  ) {}

  get members(): readonly EtcdMember[] {
    return this.state.members;
  }

  member(id: string): EtcdMember | undefined {
    return this.state.members.find((member) => member.id === id);
  }

  hasQuorum(now: number): boolean {
    const voters = this.#voters();
    const running = voters.filter(this.isRunning).length;
    return now >= this.state.startsAt && running >= Math.floor(voters.length / 2) + 1;
  }

  /** Answers only what a cluster with a leader answers. */
  demandQuorum(now: number): void {
    if (!this.hasQuorum(now)) throw new GrpcError('DeadlineExceeded', quorumLost);
  }

  /**
   * Whether a control plane with an empty disk is let in now. Talos first takes out a member of the
   * same name, which is that machine's predecessor (Talos 1.13 source, `addMember` in
   * internal/app/machined/pkg/system/services/etcd.go). An address that another member has is
   * refused (etcd 3.6 source, `ErrPeerURLexists` in server/etcdserver/api/membership/cluster.go).
   */
  makesRoomFor(
    { hostname, peerAddress }: Pick<EtcdMember, 'hostname' | 'peerAddress'>,
    now: number,
  ): boolean {
    const predecessor = this.state.members.find((member) => member.hostname === hostname);
    if (predecessor && !this.#removes(predecessor, now)) return false;
    const isTaken = this.state.members.some((member) => member.peerAddress === peerAddress);
    return !isTaken && this.#acceptsMember(now);
  }

  add(member: EtcdMember): void {
    this.state.members.push(member);
  }

  /** Learners whose time has come and who run. */
  promote(now: number): EtcdMember[] {
    const ready = this.state.members.filter(
      (member) => member.learner && member.promotableAt <= now && this.isRunning(member),
    );
    if (!this.hasQuorum(now)) return [];
    for (const member of ready) member.learner = false;
    return ready;
  }

  /** When the next learner becomes a voter, if it runs. */
  nextPromotion(): number | undefined {
    const learners = this.state.members.filter(
      (member) => member.learner && this.isRunning(member),
    );
    return learners.length > 0
      ? Math.min(...learners.map((member) => member.promotableAt))
      : undefined;
  }

  /** Takes a member out, if etcd would. Throws the refusal. */
  remove(id: string, now: number): void {
    const member = this.member(id);
    if (!member) throw new GrpcError('NotFound', 'etcdserver: member not found');
    this.demandQuorum(now);
    if (!member.learner) this.#demandSafeRemoval(member);
    const index = this.state.members.indexOf(member);
    this.state.members.splice(index, 1);
    this.electLeader(now);
  }

  /** Gives the leadership to a running voter when its holder has gone. */
  electLeader(now: number): void {
    const leader = this.member(this.state.leader);
    if (leader && this.isRunning(leader)) return;
    const successor = this.#voters().find(this.isRunning);
    if (!successor || !this.hasQuorum(now)) return;
    this.state.leader = successor.id;
    this.state.raftTerm++;
  }

  /** Hands the leadership to another voter. */
  forfeitLeadership(id: string): void {
    const successor = this.#voters().find((voter) => voter.id !== id && this.isRunning(voter));
    if (this.state.leader !== id || !successor) return;
    this.state.leader = successor.id;
    this.state.raftTerm++;
  }

  #removes({ id }: EtcdMember, now: number): boolean {
    try {
      this.remove(id, now);
      return true;
    } catch (error) {
      if (error instanceof GrpcError) return false;
      throw error;
    }
  }

  /**
   * Whether a new member would be let in: no other learner, and a quorum that would still hold if
   * the new member never came up (etcd 3.6.12 source, `mayAddMember` in server/etcdserver/server.go).
   */
  #acceptsMember(now: number): boolean {
    const voters = this.#voters();
    const running = voters.filter(this.isRunning).length;
    const isSafe = voters.length === 1 || running >= Math.floor((voters.length + 1) / 2) + 1;
    return isSafe && this.hasQuorum(now) && voters.length === this.state.members.length;
  }

  #voters(): EtcdMember[] {
    return this.state.members.filter((member) => !member.learner);
  }

  #demandSafeRemoval(member: EtcdMember): void {
    const voters = this.#voters();
    if (voters.length === 1) {
      throw new GrpcError(
        'Unknown',
        'etcdserver: re-configuration failed due to not enough started members',
      );
    }
    if (!this.isRunning(member)) return;
    const active = voters.filter(this.isRunning).length;
    if (active - 1 < 1 + Math.floor((voters.length - 1) / 2)) {
      throw new GrpcError('Unavailable', 'etcdserver: unhealthy cluster');
    }
  }
}
