import { askMembers, listEtcd, readEtcd, memberOf } from '../observe/etcd-members.js';
import { join } from 'node:path';
import {
  membersObjection,
  removalObjection,
  type EtcdMemberView,
} from '../../cluster/talos/etcd.js';
import { unsafe } from '../../cluster/plan/scale/scale-plan.js';
import { tool } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';
import { ensurePrivateFolder, movePrivateFile, withScratchFolder } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { etcdRemoveMember, etcdSnapshot } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';
import { waitOptions } from '../run/waiting.js';

/** Waits until the node's etcd member is a healthy voter; `all` are those that may answer. */
export async function waitForVoter(
  ctx: FlowContext,
  { node, all }: Joining,
  io: StepIo,
): Promise<void> {
  await waitFor(
    `${node.name} to become a voting member of etcd`,
    () => probeVoter(ctx, node, all),
    {
      ...waitOptions(ctx, io, {
        timeoutMs: ctx.config.timeouts.etcd,
        hint: `Look closer: ${tool`talosctl --nodes ${node.publicIpv4} dmesg`}\nThe same command goes on from here.`,
      }),
      intervalMs: 1_000,
    },
  );
  io.summary('a voter');
}

interface Joining {
  readonly node: NodeServer;
  readonly all: readonly NodeServer[];
}

/** The list of members says most of it in one call; each of them is asked when that is not enough. */
async function probeVoter(
  ctx: FlowContext,
  node: NodeServer,
  all: readonly NodeServer[],
): Promise<Probe<true>> {
  const listed = await askMembers(ctx, all, listEtcd);
  if ('waiting' in listed) return listed;
  const isExplained = listed.ready.some(({ learner }) => learner);
  const isVoter = listed.ready.some(({ server, learner }) => server === node.name && !learner);
  const asked = isExplained && !isVoter ? listed : await askMembers(ctx, all);
  if ('waiting' in asked) return asked;
  const own = asked.ready.find(({ server }) => server === node.name);
  if (!own) return { waiting: `not a member yet${blockers(asked.ready)}` };
  if (own.learner) return { waiting: 'still a learner' };
  return own.healthy ? { ready: true } : { waiting: 'a member that does not answer yet' };
}

/** What keeps etcd from taking another member in, as far as it can be seen. */
function blockers(members: readonly EtcdMemberView[]): string {
  const objection = membersObjection(members);
  return objection === undefined ? '' : `: ${objection}`;
}

/** A control plane that leaves, as the steps know it. */
export interface LeavingNode {
  readonly leaving: NodeServer;
  /** Control planes that stay and answer. */
  readonly others: readonly NodeServer[];
  /** Those that go after it in this run. */
  readonly later: readonly NodeServer[];
}

/** Throws when the control plane must not leave etcd at this moment. */
export async function demandRemovable(ctx: FlowContext, removal: LeavingNode): Promise<void> {
  const { leaving, others, later } = removal;
  const members = await readEtcd(ctx, [...others, ...later, leaving]);
  const objection = removalObjection(members, {
    server: leaving.name,
    later: later.map(({ name }) => name),
  });
  if (objection !== undefined) throw unsafe(`${leaving.name} cannot be removed: ${objection}`);
}

/** Writes a snapshot of etcd into the folder of backups. */
export async function backUpEtcd(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
  io: StepIo,
): Promise<void> {
  const { files, clock, run } = ctx;
  const [first] = controlPlanes;
  if (!first) throw unsafe('no control plane answers that could give a snapshot of etcd');
  const time = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const path = join(files.backups, `etcd-${time}.snapshot`);
  await ensurePrivateFolder(files.backups);
  await withScratchFolder(files.backups, async (scratch) => {
    // talosctl writes it for all to read, and checks what it has written.
    const made = join(scratch, 'etcd.snapshot');
    await run(etcdSnapshot(targetOf(ctx, first), made));
    await movePrivateFile(made, path);
  });
  io.summary(path);
}

/**
 * Takes the member of a control plane out of etcd when it has not left by itself, and makes sure
 * that it is gone.
 */
export async function ensureMemberGone(
  ctx: FlowContext,
  removal: LeavingNode,
  io: StepIo,
): Promise<void> {
  const { leaving, others } = removal;
  const member = await memberOf(ctx, leaving, others);
  if (!member) return;
  const [first] = others;
  if (!first) throw unsafe(`${leaving.name} is the last control plane that answers`);
  await demandRemovable(ctx, removal);
  await ctx.run(etcdRemoveMember(targetOf(ctx, first), member.id));
  io.note(`${leaving.name} did not leave etcd by itself: its member ${member.id} was removed.`);
  if (await memberOf(ctx, leaving, others)) {
    throw new OxideError(`the etcd member ${member.id} of ${leaving.name} is still listed`, {
      hint: 'Its server was not deleted. The same command goes on from here.',
    });
  }
}
