import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { differenceText } from '../cluster/plan/difference.js';
import { emptyPlan } from '../cluster/plan/scale/empty-plan.js';
import { chooseRoll, type RollWish } from '../cluster/plan/replace/roll-choice.js';
import { planReplace } from '../cluster/plan/replace/replace-plan.js';
import type { FlowContext } from '../steps/run/context.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { carryOutReplacement, type Replacement } from './carry-out-replacement.js';
import { lookInside } from './look-inside.js';

export interface ReplaceOptions extends Pick<Replacement, 'force' | 'drainTimeoutMs' | 'confirm'> {
  /** As the user calls them. */
  readonly names: readonly string[];
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

async function carryOut(ctx: FlowContext, replacement: Replacement): Promise<ReplaceOutcome> {
  const { plan } = replacement;
  const left = await carryOutReplacement(ctx, replacement);
  if (!left) return { kind: 'preview', plan };
  return { kind: 'replaced', replaced: { cluster: plan.cluster, replaced: plan.nodes, left } };
}
