import type { ClusterState, ServerState } from '../../cluster/state/cluster-state.js';
import { restoreHint, type EtcdMemberView, type EtcdSeen } from '../../cluster/talos/etcd.js';
import { oxide, tool } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { enumerate, plural } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { keepsOut } from '../../cluster/network/api-access.js';
import { withTalosAccess } from '../access/access-files.js';
import type { OwnAddresses } from '../access/own-address.js';
import { withShortTimeouts } from '../observe/short-looks.js';
import { readMembers } from '../observe/members-and-servers.js';
import type { FlowContext } from '../run/context.js';
import { controlPlanesOf, type NodeServer } from '../run/node-server.js';
import { standingOf } from './etcd-standing.js';
import { waitOptions } from '../run/waiting.js';

/** How often a bad answer is asked for again: a leader may be just being elected. */
const looks = 3;

/** What one look at the control planes found, before anything is concluded from it. */
type Sight =
  | EtcdSeen
  /** Members answer, and none of them knows a leader. */
  | { readonly kind: 'leaderless'; readonly why: string }
  /** No control plane answers. */
  | { readonly kind: 'silent'; readonly why: string };

/**
 * Looks at etcd before anything is planned. Throws when the cluster cannot get another control plane
 * nor do without: its etcd has no quorum, or none of its control planes answers, and no command of
 * oxide brings them back.
 */
export async function observeEtcd(
  ctx: FlowContext,
  state: ClusterState,
  { ipv4 }: OwnAddresses,
): Promise<EtcdSeen> {
  if (state.servers.length === 0) return { kind: 'none' };
  if (!state.servers.some(({ role }) => role === 'control-plane')) throw allGone(ctx);
  if (keepsOut(state.firewall, ipv4)) {
    return { kind: 'unsure', why: 'the firewall does not admit this machine yet' };
  }
  return ctx.step('Look at etcd', (io) =>
    withTalosAccess(ctx, (own) => lookAtEtcd(withShortTimeouts(own), state, io)),
  );
}

async function lookAtEtcd(ctx: FlowContext, state: ClusterState, io: StepIo): Promise<EtcdSeen> {
  const nodes = controlPlanesOf(state);
  const controlPlanes = state.servers.filter(({ role }) => role === 'control-plane');
  const comesBack = controlPlanes.some((server) => mayComeBack(ctx, server));
  let bad = 0;
  return waitFor(
    'a word of etcd',
    async (): Promise<Probe<EtcdSeen>> => {
      const sight = await lookOnce(ctx, nodes);
      if (sight.kind !== 'leaderless' && sight.kind !== 'silent') {
        if (sight.kind === 'unsure') io.unmet(sight.why);
        else io.summary(summaryOf(sight));
        return { ready: sight };
      }
      if (comesBack) {
        io.unmet(sight.why);
        return { ready: { kind: 'unsure', why: sight.why } };
      }
      if (++bad >= looks) throw lost(ctx, sight);
      return { waiting: sight.why };
    },
    waitOptions(ctx, io, { timeoutMs: ctx.config.timeouts.etcd }),
  );
}

function summaryOf(seen: EtcdSeen): string {
  if (seen.kind === 'running') return plural(seen.members.length, 'member');
  return seen.kind === 'none' ? 'it has never run' : seen.why;
}

/** Off, or made so recently that it may not have come up for the first time. */
function mayComeBack(ctx: FlowContext, { status, created }: ServerState): boolean {
  const age = ctx.clock.now() - Date.parse(created ?? '');
  return status !== 'running' || age < ctx.config.timeouts.talos;
}

/**
 * Waits until every control plane that exists has said whether it holds etcd's data, or one of them
 * has listed the members. Nothing is ordered before.
 */
export async function settleEtcd(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  io: StepIo,
): Promise<EtcdSeen> {
  return waitFor(
    `etcd on ${enumerate(nodes.map(({ name }) => name))}`,
    async (): Promise<Probe<EtcdSeen>> => {
      const sight = await lookOnce(ctx, nodes);
      return 'why' in sight ? { waiting: sight.why } : { ready: sight };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.talos,
      hint:
        'oxide orders and bootstraps nothing before every existing control plane was asked whether it holds\n' +
        `the cluster's data. How the servers are: ${oxide`status`}\n${restoreHint}`,
    }),
  );
}

async function lookOnce(ctx: FlowContext, nodes: readonly NodeServer[]): Promise<Sight> {
  const running = nodes.filter(({ status }) => status === 'running');
  const members = await readMembers(ctx, running, { nodes });
  if (members) return runningEtcd(members, running);
  const standings = await inParallel(...running.map((node) => standingOf(ctx, node)));
  const why = standings.map(({ node, why: one }) => `${node.name}: ${one}`).join('; ');
  const kinds = new Set(standings.map(({ kind }) => kind));
  if (kinds.has('leaderless')) return { kind: 'leaderless', why };
  if (running.length < nodes.length || running.length === 0) {
    return { kind: 'unsure', why: why === '' ? 'no control plane runs' : why };
  }
  if (kinds.size === 1 && kinds.has('silent')) return { kind: 'silent', why };
  return kinds.size === 1 && kinds.has('empty') ? { kind: 'none' } : { kind: 'unsure', why };
}

function runningEtcd(members: readonly EtcdMemberView[], running: readonly NodeServer[]): EtcdSeen {
  const healthy = members.find((member) => member.healthy)?.server;
  const ip = (running.find(({ name }) => name === healthy) ?? running[0])?.publicIpv4 ?? '';
  const removal = (id: string): string =>
    tool`talosctl --endpoints ${ip} --nodes ${ip} etcd remove-member ${id}`;
  return { kind: 'running', members, removal };
}

function allGone({ config }: FlowContext): PreconditionError {
  return new PreconditionError(
    `the cluster "${config.cluster_name}" has workers and no control plane: etcd's data, which is all of Kubernetes, was on those that are gone\nNothing was changed.`,
    restoreHint,
  );
}

function lost(
  { config }: FlowContext,
  { kind, why }: Sight & { readonly why: string },
): PreconditionError {
  const what =
    kind === 'leaderless'
      ? `etcd of the cluster "${config.cluster_name}" has lost its quorum: too few of its members are left to decide`
      : `no control plane of the cluster "${config.cluster_name}" answers`;
  return new PreconditionError(
    `${what} (${why})\nNothing was changed.`,
    `Control planes that only start, or are off, come back by themselves: wait, or switch them on. How they are: ${oxide`status`}\n${restoreHint}`,
  );
}
