import type { KeptEntry } from '../cluster/plan/plan.js';
import type { ReplacePlan } from '../cluster/plan/replace/replace-plan.js';
import { toLeftEntry } from '../cluster/plan/scale/scale-leftovers.js';
import { stillLeft } from '../steps/ownership/attachments.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import { generateMachineConfigs } from '../steps/talos/machine-configs.js';
import type { Inside } from './look-inside.js';
import { replaceNodes } from './replace-nodes.js';

/** What becomes of a plan of replacements. */
export interface Replacement {
  readonly inside: Inside;
  readonly plan: ReplacePlan;
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
  /** How long the pods of one node may take to go, ms. */
  readonly drainTimeoutMs: number;
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: ReplacePlan) => Promise<boolean>;
  /** The last look before the first change; rejects when it is not to begin. */
  readonly lookAgain?: () => Promise<void>;
}

/**
 * Shows the plan and makes its nodes anew. Returns what hung on the servers that went, hangs on nothing
 * now, and costs money; undefined: only the plan was asked for.
 */
export async function carryOutReplacement(
  ctx: FlowContext,
  { inside, plan, confirm, lookAgain, ...wish }: Replacement,
): Promise<readonly KeptEntry[] | undefined> {
  const within = { ...ctx, config: plan.config };
  const machineConfigs = await ctx.step('Generate and check the machine configurations', (io) =>
    generateMachineConfigs(within, inside.state.balancer, io),
  );
  if (!(await confirm(plan))) return undefined;
  await withLease(ctx, inside.state.servers, async () => {
    await lookAgain?.();
    await replaceNodes(within, { ...wish, inside, plan, machineConfigs });
  });
  return (await stillLeft(ctx, plan.leaves)).map(toLeftEntry);
}
