import type { Plan } from '../cluster/plan/plan.js';
import type { AddonFailure, Installed } from '../steps/addons/install.js';
import { addonsOf } from '../steps/addons/look.js';
import { applyManifests, type ManifestsApplied } from '../steps/addons/manifests.js';
import { waitForAddons } from '../steps/addons/settle.js';
import type { FlowContext } from '../steps/run/context.js';

/** Those that were installed, now that there are nodes for their pods. */
export async function settleAddons(
  ctx: FlowContext,
  { fresh, failures }: Installed,
): Promise<readonly AddonFailure[]> {
  const wanted = addonsOf(ctx).filter(
    ({ addon }) => !failures.some(({ name }) => name === addon.name),
  );
  if (wanted.length === 0) return failures;
  const silent = await ctx.step('Wait until the addons work', (io) =>
    waitForAddons(ctx, { wanted, fresh }, io),
  );
  return [...failures, ...silent];
}

/** The manifests that the plan has: after all else, for they may need any of it. */
export async function applyPlanned(
  ctx: FlowContext,
  { changes }: Pick<Plan, 'changes'>,
): Promise<ManifestsApplied> {
  const names = changes.flatMap(({ kind, name }) => (kind === 'manifest' ? [name] : []));
  if (names.length === 0) return { applied: {}, failures: [] };
  return ctx.step('Apply the manifests', (io) => applyManifests(ctx, names, io));
}
