import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { differenceText } from '../cluster/plan/difference.js';
import { emptyPlan } from '../cluster/plan/scale/empty-plan.js';
import { chooseRoll, type RollWish } from '../cluster/plan/replace/roll-choice.js';
import { planReplace, type ReplacePlan } from '../cluster/plan/replace/replace-plan.js';
import { toLeftEntry } from '../cluster/plan/scale/scale-leftovers.js';
import { stillLeft } from '../steps/ownership/attachments.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import { generateMachineConfigs } from '../steps/talos/machine-configs.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { lookInside, type Inside } from './look-inside.js';
import { replaceNodes } from './replace-nodes.js';

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
  const inside = await lookInside(ctx);
  await knownSchematic(ctx, inside.catalogue);
  const plan = planReplace({ ...inside, ...options });
  return carryOut(ctx, { ...options, inside, plan });
}

export interface RollOptions extends Omit<ReplaceOptions, 'names'> {
  readonly wish: Omit<RollWish, 'force'>;
  /** Only the plan is asked for. */
  readonly dryRun: boolean;
}

/**
 * Makes the nodes of a pool anew that are not as cluster.yaml has them. Facts say which ones these are,
 * so that the same command goes on from wherever an earlier run stopped.
 */
export async function replacePool(ctx: FlowContext, options: RollOptions): Promise<ReplaceOutcome> {
  const { force, wish, dryRun } = options;
  const inside = await lookInside(ctx);
  await knownSchematic(ctx, inside.catalogue);
  const { found, differences, ...roll } = chooseRoll(inside, { ...wish, force });
  if (found.length === 0) {
    if (dryRun) return { kind: 'preview', plan: emptyPlan(inside, []) };
    const { cluster_name: cluster } = inside.config;
    return { kind: 'replaced', replaced: { cluster, replaced: [], left: [] } };
  }
  const planned = planReplace({ ...inside, ...roll, found, names: [], force });
  const notes = [...differences.map(differenceText), ...planned.notes];
  return carryOut(ctx, { ...options, inside, plan: { ...planned, notes } });
}

interface Decided extends Omit<ReplaceOptions, 'names'> {
  readonly inside: Inside;
  readonly plan: ReplacePlan;
}

async function carryOut(ctx: FlowContext, decided: Decided): Promise<ReplaceOutcome> {
  const { inside, plan, confirm, force, drainTimeoutMs } = decided;
  const within = { ...ctx, config: plan.config };
  const machineConfigs = await ctx.step('Generate and check the machine configurations', (io) =>
    generateMachineConfigs(within, inside.state.balancer, io),
  );
  if (!(await confirm(plan))) return { kind: 'preview', plan };
  await withLease(ctx, inside.state.servers, () =>
    replaceNodes(within, { inside, plan, machineConfigs, force, drainTimeoutMs }),
  );
  const left = await stillLeft(ctx, plan.leaves);
  const replaced = { cluster: plan.cluster, replaced: plan.nodes, left: left.map(toLeftEntry) };
  return { kind: 'replaced', replaced };
}
