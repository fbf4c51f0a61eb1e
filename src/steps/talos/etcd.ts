import { join } from 'node:path';
import { removalObjection, type EtcdMemberView } from '../../cluster/talos/etcd.js';
import { unsafe } from '../../cluster/plan/scale-plan.js';
import { OxideError } from '../../lib/errors.js';
import { ensurePrivateFolder, movePrivateFile, withScratchFolder } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { together } from '../../lib/parallel.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import {
  etcdMembers,
  etcdRemoveMember,
  etcdSnapshot,
  etcdStatus,
  parseEtcdMembers,
  parseEtcdStatus,
  type EtcdMember,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../hetzner/servers.js';
import { targetOf } from '../run/talos-target.js';
import { asked, waitOptions } from '../run/waiting.js';

/**
 * The members of etcd and how each of them is. Throws when no control plane can list them: what
 * cannot be told is never taken for good.
 */
export async function readEtcd(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<readonly EtcdMemberView[]> {
  const [members, statuses] = await together(
    listMembers(ctx, controlPlanes),
    together(...controlPlanes.map((node) => healthyMember(ctx, node))),
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

/** Waits until the node's etcd member is a healthy voter. */
export async function waitForVoter(
  ctx: FlowContext,
  { node, others }: { node: NodeServer; others: readonly NodeServer[] },
  io: StepIo,
): Promise<void> {
  await waitFor(
    `${node.name} to become a voting member of etcd`,
    async (): Promise<Probe<true>> => {
      const members = await readEtcd(ctx, [...others, node]);
      const own = members.find(({ server }) => server === node.name);
      if (!own) return { waiting: 'not a member yet' };
      if (own.learner) return { waiting: 'still a learner' };
      return own.healthy ? { ready: true } : { waiting: 'a member that does not answer yet' };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.etcd,
      hint: `Look closer: talosctl --talosconfig ${ctx.files.talosconfig} --nodes ${node.publicIpv4} dmesg\nThe same command goes on from here.`,
    }),
  );
}

/** A control plane that leaves, as the steps know it. */
export interface LeavingNode {
  readonly victim: NodeServer;
  /** Control planes that stay and answer. */
  readonly others: readonly NodeServer[];
  /** Those that go after it in this run. */
  readonly later: readonly NodeServer[];
}

/** Throws when the control plane must not leave etcd at this moment. */
export async function demandRemovable(ctx: FlowContext, leaving: LeavingNode): Promise<void> {
  const { victim, others, later } = leaving;
  const members = await readEtcd(ctx, [...others, ...later, victim]);
  const objection = removalObjection(members, {
    server: victim.name,
    later: later.map(({ name }) => name),
  });
  if (objection !== undefined) throw unsafe(`${victim.name} cannot be removed: ${objection}`);
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
  leaving: LeavingNode,
  io: StepIo,
): Promise<void> {
  const { victim, others } = leaving;
  const member = await memberOf(ctx, victim, others);
  if (!member) return;
  const [first] = others;
  if (!first) throw unsafe(`${victim.name} is the last control plane that answers`);
  await demandRemovable(ctx, leaving);
  await ctx.run(etcdRemoveMember(targetOf(ctx, first), member.id));
  io.note(`${victim.name} did not leave etcd by itself: its member ${member.id} was removed.`);
  if (await memberOf(ctx, victim, others)) {
    throw new OxideError(`the etcd member ${member.id} of ${victim.name} is still listed`, {
      hint: 'Its server was not deleted. The same command goes on from here.',
    });
  }
}

/** The victim's member in the list that the others have; undefined when it has left. */
export async function memberOf(
  ctx: FlowContext,
  victim: NodeServer,
  others: readonly NodeServer[],
): Promise<EtcdMember | undefined> {
  const members = await listMembers(ctx, others);
  return members.find(({ peerUrls }) =>
    peerUrls.some((url) => new URL(url).hostname === victim.privateIp),
  );
}
