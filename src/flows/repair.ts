import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { repairMark } from '../cluster/plan/replacement-marks.js';
import {
  chooseRepairs,
  type RepairChoice,
  type RepairRemark,
} from '../cluster/plan/replace/repair-choice.js';
import { nothingToRepair, withRepairNotes } from '../cluster/plan/replace/repair-notes.js';
import { planReplace, type ReplacePlan } from '../cluster/plan/replace/replace-plan.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import type { ClusterNode } from '../cluster/state/nodes.js';
import { PreconditionError } from '../lib/errors.js';
import { enumerateNames } from '../lib/format.js';
import type { StepIo } from '../lib/step.js';
import { observeCluster } from '../steps/observe/observe.js';
import { observeVitals } from '../steps/observe/vitals.js';
import type { FlowContext } from '../steps/run/context.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { carryOutReplacement } from './carry-out-replacement.js';
import { lookInside } from './look-inside.js';

export interface RepairOptions {
  /** How long a node is not Ready before it may count as dead, ms. */
  readonly afterMs: number;
  /** Only the plan is asked for. */
  readonly dryRun: boolean;
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: ReplacePlan) => Promise<boolean>;
}

/** What a repair has done, and what it left. */
export interface RepairedCluster {
  readonly cluster: string;
  /** Names of the nodes that are new. */
  readonly repaired: readonly string[];
  /** Dead, too: for the next repair. */
  readonly later: readonly RepairRemark[];
  /** Not well, and not known to be dead. */
  readonly unclear: readonly RepairRemark[];
  /** What hung on the servers that went, hangs on nothing now, and costs money. */
  readonly left: readonly KeptEntry[];
}

export type RepairOutcome =
  | { readonly kind: 'preview'; readonly plan: ShownPlan }
  | { readonly kind: 'repaired'; readonly repaired: RepairedCluster };

/**
 * Makes nodes anew that are dead by facts, within the guards of `chooseRepairs`. It needs a Kubernetes
 * and a Talos that answer: of a cluster that cannot be seen nothing is known to be dead. Run again it
 * goes on from wherever an earlier run stopped, and does what that one left.
 */
export async function repair(ctx: FlowContext, options: RepairOptions): Promise<RepairOutcome> {
  const { step } = ctx;
  const inside = await lookInside(ctx);
  const { config } = inside;
  const choose = async (io: StepIo, state: ClusterState, nodes: readonly ClusterNode[]) => {
    const through = inside.reached.controlPlanes;
    const vitals = await observeVitals(ctx, { state, nodes, through });
    const found = chooseRepairs(vitals, options.afterMs);
    const names = found.repair.map(({ name }) => name);
    io.summary(names.length === 0 ? 'none' : enumerateNames(names));
    return found;
  };
  const choice = await step('Look for dead nodes', (io) =>
    choose(io, inside.state, inside.view.nodes),
  );
  const { later, unclear } = choice;
  const done = { cluster: config.cluster_name, later, unclear };
  if (choice.repair.length === 0) {
    if (options.dryRun) return { kind: 'preview', plan: nothingToRepair(inside, choice) };
    return { kind: 'repaired', repaired: { ...done, repaired: [], left: [] } };
  }
  await knownSchematic(ctx, inside.catalogue);
  const names = choice.repair.map(({ name }) => name);
  const plan = withRepairNotes(
    planReplace({
      ...inside,
      names,
      force: true,
      mark: repairMark,
      together: names.length,
    }),
    choice,
  );
  const left = await carryOutReplacement(ctx, {
    ...{ inside, plan, confirm: options.confirm },
    ...{ force: true, drainTimeoutMs: config.timeouts.drain },
    lookAgain: () =>
      step('Look again whether they are dead', async (io) => {
        const now = await choose(io, await observeCluster(ctx), await ctx.observer.nodes());
        demandSame(choice, now);
      }),
  });
  if (!left) return { kind: 'preview', plan };
  return { kind: 'repaired', repaired: { ...done, repaired: plan.nodes, left } };
}

/** A node that came back is left alone, and the plan that was shown is not carried out in part. */
function demandSame(before: RepairChoice, now: RepairChoice): void {
  const back = before.repair.filter(({ name }) => !now.repair.some((one) => one.name === name));
  if (back.length === 0) return;
  throw new PreconditionError(
    `${enumerateNames(back.map(({ name }) => name))} came back meanwhile\nNothing was changed.`,
    'The same command looks again.',
  );
}
