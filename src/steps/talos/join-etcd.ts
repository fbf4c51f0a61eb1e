import { sickMember, memberName, type EtcdMemberView } from '../../cluster/talos/etcd.js';
import { canRemove } from '../../cluster/talos/quorum.js';
import { oxide } from '../../lib/commands.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { enumerate, plural } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { etcdRemoveMember } from '../../tools/talosctl.js';
import { askMembers, readEtcd } from '../observe/etcd-members.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { waitOptions } from '../run/waiting.js';
import { startServer } from '../hetzner/servers.js';
import { waitForTalos } from './bootstrap.js';
import { waitForVoter } from './etcd.js';

/**
 * They boot side by side and join in turn: etcd takes in one learner at a time, and none while a voter
 * is ill; Talos asks it again until it does (docs/decisions/0039).
 */
export async function joinInTurn(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  voters: readonly NodeServer[],
): Promise<void> {
  if (nodes.length === 0) return;
  const others = voters.filter(({ id }) => !nodes.some((node) => node.id === id));
  await ctx.step(`Start ${enumerate(nodes.map(({ name }) => name))}`, async (io) => {
    await inParallel(...nodes.map((node) => bootControlPlane(ctx, node, io)));
  });
  const all = [...others, ...nodes];
  for (const node of nodes) {
    await ctx.step(`Let ${node.name} join etcd`, (io) => waitForVoter(ctx, { node, all }, io));
  }
}

/** Starts a control plane that was made stopped, and waits until its Talos answers. */
async function bootControlPlane(ctx: FlowContext, node: NodeServer, io: StepIo): Promise<void> {
  if (node.status === 'off') {
    await startServer(ctx, node, (fact) => {
      io.detail(fact);
    });
  }
  await waitForTalos(ctx, node, io);
}

export interface Room {
  /** The control planes that exist. */
  readonly nodes: readonly NodeServer[];
  /** Members that go, because their servers are gone. */
  readonly gone: readonly EtcdMemberView[];
  /** Control planes that go next: how they are does not matter. */
  readonly leaving?: readonly NodeServer[];
}

/**
 * Makes room for another member: waits until every voter that has a server is healthy, and takes out
 * those whose servers are gone.
 */
export async function makeRoomInEtcd(ctx: FlowContext, room: Room, io: StepIo): Promise<void> {
  const members = await waitForHealthy(ctx, room, io);
  const names: string[] = [];
  for (const { id } of room.gone) {
    const member = members.find((one) => one.id === id);
    if (!member) continue;
    await removeMember(ctx, member, room.nodes);
    names.push(memberName(member));
  }
  io.summary(names.length === 0 ? plural(members.length, 'member') : `removed ${enumerate(names)}`);
}

async function waitForHealthy(
  ctx: FlowContext,
  { nodes, gone, leaving = [] }: Room,
  io: StepIo,
): Promise<readonly EtcdMemberView[]> {
  const isGoing = ({ id, server }: EtcdMemberView): boolean =>
    gone.some((one) => one.id === id) || leaving.some(({ name }) => name === server);
  // Who goes is known, and not asked: it may be dead.
  const read: typeof readEtcd = (surroundings, asked) =>
    readEtcd(surroundings, asked, [...nodes, ...leaving]);
  return waitFor(
    "etcd's members to be healthy",
    async () => {
      const listed = await askMembers(ctx, nodes, read);
      if ('waiting' in listed) return listed;
      const sick = listed.ready.find(
        (member) => !member.healthy && !member.learner && !isGoing(member),
      );
      return sick ? { waiting: sickMember(sick) } : listed;
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.etcd,
      hint: `Look at that control plane: ${oxide`status`}. One that is dead: ${oxide`repair`} makes it anew.`,
    }),
  );
}

/** Looks once more before, and whether it is gone afterwards. */
async function removeMember(
  ctx: FlowContext,
  member: EtcdMemberView,
  nodes: readonly NodeServer[],
): Promise<void> {
  const members = await readEtcd(ctx, nodes);
  const voters = members.filter(({ learner }) => !learner);
  const health = {
    members: voters.length,
    healthy: voters.filter(({ healthy }) => healthy).length,
  };
  const answer = member.learner ? 'yes' : canRemove(health, false);
  const healthy = members.find((one) => one.healthy && one.id !== member.id)?.server;
  const way = nodes.find(({ name }) => name === healthy);
  if (answer !== 'yes' || !way) {
    const why = answer === 'yes' ? 'no other member answers' : answer.refused;
    throw new PreconditionError(
      `the etcd member ${memberName(member)} cannot be removed: ${why}`,
      `How the control planes are: ${oxide`status`}`,
    );
  }
  await ctx.run(etcdRemoveMember(targetOf(ctx, way), member.id));
  if (!(await readEtcd(ctx, nodes)).some(({ id }) => id === member.id)) return;
  throw new OxideError(`the etcd member ${memberName(member)} is still listed`, {
    hint: 'The same command goes on from here.',
  });
}

/** Waits until each of these control planes is a healthy voter. */
export async function waitForVoters(
  ctx: FlowContext,
  nodes: readonly NodeServer[],
  io: StepIo,
): Promise<void> {
  await waitFor(
    `${nodes.length} healthy members of etcd`,
    async (): Promise<Probe<true>> => {
      const listed = await askMembers(ctx, nodes);
      if ('waiting' in listed) return listed;
      const missing = nodes.flatMap((node) => voterProblem(node, listed.ready) ?? []);
      return missing.length === 0 ? { ready: true } : { waiting: missing.join('; ') };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.etcd,
      hint: `How the control planes are: ${oxide`status`}\nOne that is dead: ${oxide`repair`} makes it anew.`,
    }),
  );
  io.summary(`${nodes.length} of ${nodes.length} healthy`);
}

/** Whether the node is a voter, in good health or not. */
export function isVoter({ name }: NodeServer, members: readonly EtcdMemberView[]): boolean {
  return members.some(({ server, learner }) => server === name && !learner);
}

/** Why the node is no healthy voter; undefined when it is one. */
function voterProblem(
  { name }: NodeServer,
  members: readonly EtcdMemberView[],
): string | undefined {
  const own = members.find(({ server }) => server === name);
  if (!own) return `${name} is not a member yet`;
  if (own.learner) return `${name} is still a learner`;
  return own.healthy ? undefined : sickMember(own);
}
