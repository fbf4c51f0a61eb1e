import type { PlannedGroup } from '../../cluster/plan/plan.js';
import type { PlacementGroupState } from '../../cluster/state/cluster-state.js';
import { HetznerError } from '../../hetzner/errors.js';
import { enumerate, plural } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import { withinLimits } from './account-limits.js';

/** Makes the groups that are missing. Returns the ids of all by their names. */
export async function ensurePlacementGroups(
  ctx: FlowContext,
  groups: readonly PlannedGroup[],
  io: StepIo,
): Promise<ReadonlyMap<string, number>> {
  const missing = groups.filter(({ id }) => id === undefined).length;
  const ids = await inParallel(
    ...groups.map(async (group): Promise<[string, number]> => [
      group.name,
      group.id ?? (await makeGroup(ctx, group, missing)),
    ]),
  );
  io.summary(missing === 0 ? 'exist' : plural(missing, 'group'));
  return new Map(ids);
}

async function makeGroup(
  ctx: FlowContext,
  { name, labels }: PlannedGroup,
  missing: number,
): Promise<number> {
  const { group, actions } = await withinLimits(
    ctx,
    () => ({ placement_group: missing }),
    () => ctx.hetzner.createPlacementGroup({ name, labels, type: 'spread' }),
  );
  await ctx.actions.wait(actions, `the placement group ${name}`);
  return group.id;
}

/** Deletes groups whose servers are gone; Hetzner may count these for some moments more. */
export async function deletePlacementGroups(
  ctx: FlowContext,
  groups: readonly PlacementGroupState[],
  io: StepIo,
): Promise<void> {
  await inParallel(
    ...groups.map(({ id, name }) => {
      const probe = async (): Promise<Probe<true>> => {
        try {
          await ctx.actions.wait(await ctx.hetzner.deletePlacementGroup(id), name);
          return { ready: true };
        } catch (error) {
          if (!(error instanceof HetznerError) || error.code !== 'resource_in_use') throw error;
          return { waiting: error.message };
        }
      };
      const patience = { timeoutMs: ctx.config.timeouts.release };
      return waitFor(
        `the placement group ${name} to be empty`,
        probe,
        waitOptions(ctx, io, patience),
      );
    }),
  );
  io.summary(enumerate(groups.map(({ name }) => name)));
}
