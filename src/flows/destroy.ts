import {
  resourceKey,
  kindNames,
  type OwnedResource,
  type OwnedResources,
} from '../cluster/state/owned-resources.js';
import {
  planDestroy,
  refuseHeldNetwork,
  type DestroyPlan,
  type DestroyWish,
  type KeptResource,
} from '../cluster/plan/destroy-plan.js';
import { buildNotes } from '../cluster/catalogue/seen-builds.js';
import { inTheConsole } from '../lib/commands.js';
import { enumerate } from '../lib/format.js';
import { observeOwnedResources, observeRemains } from '../steps/ownership/owned-resources.js';
import { askingOnce } from '../steps/observe/shared-looks.js';
import { byAbsence } from '../steps/ownership/departures.js';
import type { FlowContext } from '../steps/run/context.js';
import { deleteResources } from '../steps/ownership/deletions.js';
import { markAsGoing, onlyKnownByCluster } from '../steps/ownership/deletion-marks.js';
import { withLease } from '../steps/run/lease.js';

export interface DestroyRequest extends DestroyWish {
  /** Only the plan is asked for: it is returned also when it could not be carried out. */
  readonly dryRun: boolean;
  /** Shows the plan and asks. False: nothing may be deleted. */
  readonly confirm: (plan: DestroyPlan) => Promise<boolean>;
}

export type DestroyOutcome =
  | { readonly kind: 'preview'; readonly plan: DestroyPlan }
  | {
      readonly kind: 'destroyed';
      readonly plan: DestroyPlan;
      readonly deleted: readonly OwnedResource[];
      readonly left: readonly KeptResource[];
    };

/**
 * Deletes everything in the project that carries the cluster's labels and, where the request allows
 * it, the load balancers and volumes that its controllers made. Each stage waits for the one before;
 * a resource that cannot go does not stop the others. The output folder stays.
 */
export async function destroy(
  surroundings: FlowContext,
  request: DestroyRequest,
): Promise<DestroyOutcome> {
  const ctx = askingOnce(surroundings, ['pricing']);
  const { config, step } = ctx;
  const { builds, ...found } = await step('Look at what exists', (io) =>
    observeOwnedResources(ctx, io),
  );
  // They are no part of the cluster, and nothing of them goes with it.
  const notes = [...found.notes, ...buildNotes(builds, ctx.hetzner.now())];
  const resources = { ...found, notes };
  const { deleteVolumes, deleteLoadBalancers, dryRun, confirm } = request;
  const wish = { deleteVolumes, deleteLoadBalancers };
  const plan = planDestroy({ cluster: config.cluster_name, resources, ...wish });
  if (dryRun) return { kind: 'preview', plan };
  refuseHeldNetwork(plan);
  if (plan.changes.length === 0 || !(await confirm(plan))) return { kind: 'preview', plan };
  const failed: KeptResource[] = [];
  const departures = byAbsence(ctx);
  const last = { ...askingOnce(ctx, ['loadBalancers']), actions: departures };
  await withLease(ctx, undefined, async (lease) => {
    const known = onlyKnownByCluster(plan.stages.flat());
    if (known.length > 0) await step('Mark what goes with it', () => markAsGoing(ctx, known));
    for (const stage of plan.stages) {
      if (stage.some(({ kind }) => kind === 'network')) lease.deletesNetwork();
      const still = await step(`Delete ${kindsOf(stage)}`, (io) =>
        deleteResources(last, { resources: stage, failed }, io),
      );
      failed.push(...still);
      if (isNetworkGone(stage, still)) lease.networkDeleted();
    }
  });
  const known = [...plan.kept, ...failed];
  const after = await step('Look at what is left', (io) =>
    observeRemains(
      last,
      {
        doubtful: known.map(({ resource }) => resource.kind),
        servers: departures.left(),
      },
      io,
    ),
  );
  const left = whatIsLeft(after, known);
  const remaining = new Set(left.map(({ resource }) => resourceKey(resource)));
  const deleted = plan.stages.flat().filter((one) => !remaining.has(resourceKey(one)));
  return { kind: 'destroyed', plan, deleted, left };
}

function isNetworkGone(stage: readonly OwnedResource[], still: readonly KeptResource[]): boolean {
  const isNetwork = ({ kind }: OwnedResource): boolean => kind === 'network';
  return stage.some(isNetwork) && !still.some(({ resource }) => isNetwork(resource));
}

/** `the servers`, `the firewall and the SSH key` */
function kindsOf(stage: readonly OwnedResource[]): string {
  const kinds = [...new Set(stage.map(({ kind }) => kind))];
  return enumerate(
    kinds.map((kind) => {
      const several = stage.filter((one) => one.kind === kind).length > 1;
      return `the ${kindNames[kind]}${several ? 's' : ''}`;
    }),
  );
}

/** Its option is of no use any more: without the cluster nobody can tell whose it is. */
const onceKept = `was kept; delete it ${inTheConsole} when it is no longer needed`;

/**
 * What the last look found, and what it cannot find any more: volumes and load balancers that were
 * only known by what they hung on.
 */
function whatIsLeft(
  { found }: OwnedResources,
  known: readonly KeptResource[],
): readonly KeptResource[] {
  const seen = new Set(found.map(resourceKey));
  const expected = known.filter(
    ({ resource }) => resource.owner !== 'cluster' || seen.has(resourceKey(resource)),
  );
  const explained = new Set(expected.map(({ resource }) => resourceKey(resource)));
  const appeared = found.filter((one) => !explained.has(resourceKey(one)));
  return [
    ...expected.map((kept) => (kept.unfinished ? kept : { ...kept, why: onceKept })),
    ...appeared.map((resource) => ({ resource, why: 'appeared meanwhile', unfinished: true })),
  ];
}
