import { replacementLabel } from '../cluster/plan/replacement-marks.js';
import type { PlannedGroup } from '../cluster/plan/plan.js';
import { OxideError } from '../lib/errors.js';
import type { Batch } from '../cluster/plan/replace/replace-batches.js';
import type { ReplacePlan } from '../cluster/plan/replace/replace-plan.js';
import type { ServerState } from '../cluster/state/cluster-state.js';
import { labelKeys } from '../cluster/state/labels.js';
import { goneMembers } from '../cluster/talos/etcd.js';
import { inParallel } from '../lib/parallel.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { deletePlacementGroups, ensurePlacementGroups } from '../steps/hetzner/placement-groups.js';
import type { ImageSource } from '../steps/hetzner/image-source.js';
import { besideImages } from '../steps/image/coming-images.js';
import { waitForKubernetesApi } from '../steps/kubernetes/api.js';
import { forgetNodes } from '../steps/kubernetes/server-nodes.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import type { FlowContext } from '../steps/run/context.js';
import { addressed, type NodeServer } from '../steps/run/node-server.js';
import { makeRoomInEtcd } from '../steps/talos/join-etcd.js';
import type { MachineConfigs } from '../steps/talos/machine-configs.js';
import { makeNodes, removeNodes } from './change-nodes.js';
import type { Inside } from './look-inside.js';

/** What is replaced, and how. */
export interface ReplaceWork {
  readonly inside: Inside;
  readonly plan: ReplacePlan;
  readonly machineConfigs: MachineConfigs;
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
  /** How long the pods of one node may take to go, ms. */
  readonly drainTimeoutMs: number;
}

/** Takes batch after batch out and makes it again, as the plan says. */
export async function replaceNodes(ctx: FlowContext, work: ReplaceWork): Promise<void> {
  const missing = { builds: work.plan.builds, own: work.inside.own };
  await besideImages(ctx, missing, async (images) => {
    // Before anything goes: without a snapshot nothing could be made again.
    await images.all();
    await replaceAll(ctx, { ...work, images });
  });
}

interface WithImages extends ReplaceWork {
  readonly images: ImageSource;
}

async function replaceAll(ctx: FlowContext, work: WithImages): Promise<void> {
  const { plan, inside } = work;
  if (plan.staleNodes.length > 0) {
    await ctx.step('Forget the nodes of servers that are gone', (io) =>
      forgetNodes(ctx, plan.staleNodes, io),
    );
  }
  const old = plan.batches.flatMap(({ remove }) => remove);
  const made = new Map<string, ServerState>();
  await label(ctx, old, replacementLabel(plan.mark, 'old'));
  const groups = await madeGroups(ctx, plan.groups);
  const account = { isFull: false };
  let controlPlanes = inside.reached.controlPlanes;
  for (const batch of plan.batches) {
    const nodes = await replaceBatch(ctx, { ...work, batch, controlPlanes, groups, account });
    // A pair is done with it: what is left of its mark would be taken for half of another one.
    if (batch.makesFirst) await label(ctx, nodes, undefined);
    else for (const node of nodes) made.set(node.name, node);
    const others = without(controlPlanes, [...batch.remove, ...nodes]);
    const all = [...others, ...nodes.filter(({ role }) => role === 'control-plane')].sort(
      (a, b) => a.index - b.index,
    );
    if (all.length > others.length) await lead(ctx, all);
    controlPlanes = all;
  }
  await ctx.step('Write down what the nodes are made of', (io) => ensureClusterRecord(ctx, {}, io));
  if (plan.emptied.length > 0) {
    await ctx.step('Delete the empty placement groups', (io) =>
      deletePlacementGroups(ctx, plan.emptied, io),
    );
  }
  await label(ctx, [...made.values()], undefined);
}

/** Once for all batches: several of them may come to the same group. */
async function madeGroups(
  ctx: FlowContext,
  groups: readonly PlannedGroup[],
): Promise<readonly PlannedGroup[]> {
  if (groups.every(({ id }) => id !== undefined)) return groups;
  const ids = await ctx.step('Create the placement groups', (io) =>
    ensurePlacementGroups(ctx, groups, io),
  );
  return groups.map((group) => ({ ...group, id: ids.get(group.name) }));
}

interface BatchWork extends WithImages {
  readonly batch: Batch;
  readonly groups: readonly PlannedGroup[];
  /** Whether a server more was refused. */
  readonly account: { isFull: boolean };
  /** Those that answer. */
  readonly controlPlanes: readonly NodeServer[];
}

/** Takes nodes out and makes them again, or makes the new one first. */
async function replaceBatch(ctx: FlowContext, work: BatchWork): Promise<readonly NodeServer[]> {
  const { inside, plan, machineConfigs, batch, controlPlanes, force, drainTimeoutMs } = work;
  const { remove, make } = batch;
  const role = make[0]?.role ?? 'worker';
  const others = without(controlPlanes, [
    ...remove,
    ...make.flatMap(({ existing }) => existing ?? []),
  ]);
  if (role === 'control-plane') await lead(ctx, others);
  const takeOut = (): Promise<void> =>
    removeNodes(ctx, {
      ...{ role, remove, others, balancer: inside.state.balancer, atATime: remove.length },
      leaves: plan.leaves.filter(({ usedBy }) =>
        usedBy.some((user) => remove.some(({ id }) => id === user.id)),
      ),
      ...{ force, drainTimeoutMs },
    });
  const groups = work.groups.filter(({ name }) => make.some(({ group }) => group?.name === name));
  const makeAnew = (): Promise<readonly NodeServer[]> =>
    makeNodes(ctx, {
      ...{ state: inside.state, role, servers: make, groups },
      ...{ machineConfigs, controlPlanes: others, images: work.images },
    });
  const early = batch.makesFirst ? await makeBeside(ctx, work, makeAnew) : undefined;
  const gone = goneMembers(inside.view.etcd);
  if (role === 'control-plane' && gone.length > 0) {
    // Before anything of it goes: etcd lets nobody leave while such a member counts.
    await ctx.step('Look after the members of etcd', (io) =>
      makeRoomInEtcd(ctx, { nodes: others, gone, leaving: remove.map(addressed) }, io),
    );
  }
  await takeOut();
  if (early) return early;
  const nodes = await makeAnew();
  if (role === 'control-plane') await waitForApis(ctx, nodes);
  return nodes;
}

/** Makes a node more; undefined when the account does not allow it: the old one goes first then. */
async function makeBeside(
  ctx: FlowContext,
  { account }: BatchWork,
  make: () => Promise<readonly NodeServer[]>,
): Promise<readonly NodeServer[] | undefined> {
  if (account.isFull) return undefined;
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof OxideError) || error.errorCode !== 'hetzner.limit') throw error;
    account.isFull = true;
    await ctx.step('Go on within the limits of the account', (io) => {
      io.note('The account allows no server more: each old node goes before the new one is made.');
      return Promise.resolve();
    });
    return undefined;
  }
}

/** A node is Ready before its own Kubernetes API answers; the next control plane goes only then. */
async function waitForApis(ctx: FlowContext, nodes: readonly NodeServer[]): Promise<void> {
  for (const node of nodes) {
    ctx.apiServers.use([node]);
    await ctx.step(`Wait for the Kubernetes API of ${node.name}`, (io) =>
      waitForKubernetesApi(ctx, io),
    );
  }
}

/** Leads this run and the access files to these: one that goes, or is new, may not answer. */
async function lead(ctx: FlowContext, controlPlanes: readonly NodeServer[]): Promise<void> {
  const [first] = controlPlanes;
  if (!first) return;
  ctx.apiServers.use(controlPlanes);
  await writeTalosconfig(ctx, controlPlanes);
  await ctx.step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first, from: controlPlanes, all: controlPlanes }, io),
  );
}

async function label(
  ctx: FlowContext,
  servers: readonly ServerState[],
  value: string | undefined,
): Promise<void> {
  await inParallel(
    ...servers.map(({ id, labels }) =>
      ctx.hetzner.updateServerLabels(id, { [labelKeys.replacement]: value }, labels),
    ),
  );
}

function without(
  controlPlanes: readonly NodeServer[],
  others: readonly { readonly id: number }[],
): readonly NodeServer[] {
  return controlPlanes.filter(({ id }) => !others.some((one) => one.id === id));
}
