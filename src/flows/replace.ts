import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { replacementLabel } from '../cluster/plan/replace-choice.js';
import { planReplace, type Batch, type ReplacePlan } from '../cluster/plan/replace-plan.js';
import { toLeftEntry } from '../cluster/plan/scale-leftovers.js';
import type { ServerState } from '../cluster/state/cluster-state.js';
import { labelKeys } from '../cluster/state/labels.js';
import { goneMembers } from '../cluster/talos/etcd.js';
import { inParallel } from '../lib/parallel.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { waitForKubernetesApi } from '../steps/kubernetes/api.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import { stillLeft } from '../steps/ownership/attachments.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import type { NodeServer } from '../steps/run/node-server.js';
import { generateMachineConfigs, type MachineConfigs } from '../steps/talos/machine-configs.js';
import { makeRoomInEtcd } from '../steps/talos/join-etcd.js';
import { buildImages, withImages } from '../steps/image/build-images.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { makeNodes, removeNodes } from './change-nodes.js';
import { lookInside, type Inside } from './look-inside.js';

export interface ReplaceOptions {
  /** As the user calls them. */
  readonly names: readonly string[];
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
  /** How long the pods of one node may take to go, ms. */
  readonly drainTimeoutMs: number;
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: ReplacePlan) => Promise<boolean>;
}

/** Nodes that were made anew. */
export interface ReplacedNodes {
  readonly cluster: string;
  readonly replaced: readonly string[];
  /** What hung on the servers that went, hangs on nothing now, and costs money. */
  readonly left: readonly KeptEntry[];
}

export type ReplaceOutcome =
  | { readonly kind: 'preview'; readonly plan: ShownPlan }
  | { readonly kind: 'replaced'; readonly replaced: ReplacedNodes };

/**
 * Makes nodes anew, with the same names and, for control planes, the same private addresses. The
 * same command goes on from wherever an earlier run of it stopped: labels of the servers tell which
 * nodes it has replaced already.
 */
export async function replace(ctx: FlowContext, options: ReplaceOptions): Promise<ReplaceOutcome> {
  const { config, step } = ctx;
  const inside = await lookInside(ctx);
  await knownSchematic(ctx, inside.catalogue);
  const plan = planReplace({ ...inside, ...options, config });
  const within = { ...ctx, config: plan.config };
  const machineConfigs = await step('Generate and check the machine configurations', (io) =>
    generateMachineConfigs(within, inside.state.balancer, io),
  );
  if (!(await options.confirm(plan))) return { kind: 'preview', plan };
  await withLease(ctx, inside.state.servers, () =>
    carryOut(within, { inside, plan, machineConfigs, options }),
  );
  const left = await stillLeft(ctx, plan.leaves);
  const replaced = { cluster: plan.cluster, replaced: plan.nodes, left: left.map(toLeftEntry) };
  return { kind: 'replaced', replaced };
}

interface Work {
  readonly inside: Inside;
  readonly plan: ReplacePlan;
  readonly machineConfigs: MachineConfigs;
  readonly options: ReplaceOptions;
}

async function carryOut(ctx: FlowContext, work: Work): Promise<void> {
  const { plan, inside } = work;
  // Before anything goes: without a snapshot nothing could be made again.
  const built = await buildImages(ctx, { builds: plan.builds, own: inside.own });
  const old = plan.batches.flatMap(({ remove }) => remove);
  const made = new Map<string, ServerState>();
  await label(ctx, old, replacementLabel(plan.mark, 'old'));
  let controlPlanes = inside.reached.controlPlanes;
  for (const batch of plan.batches) {
    const nodes = await replaceBatch(ctx, {
      ...work,
      batch: { ...batch, make: withImages(batch.make, built) },
      controlPlanes,
    });
    for (const node of nodes) made.set(node.name, node);
    const others = without(controlPlanes, [...batch.remove, ...nodes]);
    const all = [...others, ...nodes.filter(({ role }) => role === 'control-plane')].sort(
      (a, b) => a.index - b.index,
    );
    if (all.length > others.length) await lead(ctx, all);
    controlPlanes = all;
  }
  await ctx.step('Write down what the nodes are made of', (io) => ensureClusterRecord(ctx, {}, io));
  await label(ctx, [...made.values()], undefined);
}

interface BatchWork extends Work {
  readonly batch: Batch;
  /** Those that answer. */
  readonly controlPlanes: readonly NodeServer[];
}

/** Takes nodes out and makes them again. */
async function replaceBatch(ctx: FlowContext, work: BatchWork): Promise<readonly NodeServer[]> {
  const { inside, plan, machineConfigs, options, batch, controlPlanes } = work;
  const { remove, make } = batch;
  const role = make[0]?.role ?? 'worker';
  const others = without(controlPlanes, [
    ...remove,
    ...make.flatMap(({ existing }) => existing ?? []),
  ]);
  if (role === 'control-plane') await lead(ctx, others);
  await removeNodes(ctx, {
    ...{ role, remove, others, balancer: inside.state.balancer, atATime: 1 },
    leaves: plan.leaves.filter(({ usedBy }) =>
      usedBy.some((user) => remove.some(({ id }) => id === user.id)),
    ),
    ...{ force: options.force, drainTimeoutMs: options.drainTimeoutMs },
  });
  const gone = goneMembers(inside.view.etcd);
  if (role === 'control-plane' && gone.length > 0) {
    await ctx.step('Look after the members of etcd', (io) =>
      makeRoomInEtcd(ctx, { nodes: others, gone }, io),
    );
  }
  const groups = plan.groups.filter(({ name }) => make.some(({ group }) => group?.name === name));
  const nodes = await makeNodes(ctx, {
    ...{ state: inside.state, role, servers: make, groups },
    ...{ machineConfigs, controlPlanes: others },
  });
  if (role === 'control-plane') await waitForApis(ctx, nodes);
  return nodes;
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
    writeKubeconfig(ctx, { first, from: controlPlanes }, io),
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
