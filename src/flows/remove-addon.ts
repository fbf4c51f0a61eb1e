import {
  planAddonRemoval,
  planManifestRemoval,
  removableName,
} from '../cluster/plan/create/addons-plan.js';
import { toKeptEntry } from '../cluster/plan/destroy-plan.js';
import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import type { OwnedResource } from '../cluster/state/owned-resources.js';
import { deleteManifest } from '../steps/addons/manifest-removal.js';
import { uninstallAddon } from '../steps/addons/removal.js';
import { observeOwnedResources } from '../steps/ownership/owned-resources.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import { lookAtAddons } from './list-addons.js';

export interface RemoveRequest {
  /** As it was typed. */
  readonly name: string;
  /** Shows the plan, and asks. False: only the plan was asked for. */
  readonly confirm: (plan: ShownPlan) => Promise<boolean>;
}

/** An addon that is gone, and what is left of it. */
export interface RemovedAddon {
  readonly cluster: string;
  readonly name: string;
  /** False: it was not there. */
  readonly removed: boolean;
  /** What it made at Hetzner, which stays. */
  readonly left: readonly KeptEntry[];
  readonly notes: readonly string[];
}

export type RemoveOutcome =
  | { readonly kind: 'preview'; readonly plan: ShownPlan }
  | { readonly kind: 'removed'; readonly result: RemovedAddon };

/** Takes an addon out of the cluster. What it made for others stays, and is told. */
export async function removeAddon(
  ctx: FlowContext,
  request: RemoveRequest,
): Promise<RemoveOutcome> {
  const { config, step } = ctx;
  if (isManifestName(request.name)) return removeManifest(ctx, request);
  const name = removableName(config, request.name);
  const { state, cost, seen } = await lookAtAddons(ctx);
  const installed = seen.installed.addons;
  const about = { cluster: config.cluster_name, name };
  if (installed.find((one) => one.name === name)?.status === undefined) {
    return { kind: 'removed', result: { ...about, removed: false, left: [], notes: [] } };
  }
  const made = await madeBy(ctx, name);
  const leaves = made.map((resource) =>
    toKeptEntry({ resource, why: 'was made for it, and stays', unfinished: false }),
  );
  const plan = planAddonRemoval({ config, name, installed, leaves, cost });
  if (!(await request.confirm(plan))) return { kind: 'preview', plan };
  await withLease(ctx, state.servers, () =>
    step(`Remove ${name}`, (io) => uninstallAddon(ctx, { name, others: installed }, io)),
  );
  const { notes } = plan;
  return { kind: 'removed', result: { ...about, removed: true, left: leaves, notes } };
}

/** No addon has such a name; paths and URLs do. */
function isManifestName(typed: string): boolean {
  return /[./]/.test(typed);
}

/** Deletes what a manifest has made, also one that cluster.yaml does not name any more. */
async function removeManifest(ctx: FlowContext, request: RemoveRequest): Promise<RemoveOutcome> {
  const { config, step } = ctx;
  const { name } = request;
  const { state, cost, seen } = await lookAtAddons(ctx);
  const found = seen.installed.manifests.find((one) => one.name === name);
  const about = { cluster: config.cluster_name, name, left: [] };
  const { applied } = found ?? {};
  if (!found || !applied) {
    return { kind: 'removed', result: { ...about, removed: false, notes: [] } };
  }
  const plan = planManifestRemoval({ config, state: found, cost });
  if (!(await request.confirm(plan))) return { kind: 'preview', plan };
  await withLease(ctx, state.servers, () =>
    step(`Remove ${name}`, (io) => deleteManifest(ctx, { name, applied }, io)),
  );
  return { kind: 'removed', result: { ...about, removed: true, notes: plan.notes } };
}

/** Of the cloud controller its load balancers, of the storage driver its volumes; others make nothing there. */
async function madeBy(ctx: FlowContext, name: string): Promise<readonly OwnedResource[]> {
  if (name !== 'hcloud-ccm' && name !== 'hcloud-csi') return [];
  const kind = name === 'hcloud-ccm' ? 'load-balancer' : 'volume';
  const { found } = await ctx.step('Look at what it made', () => observeOwnedResources(ctx));
  return found.filter((one) => one.kind === kind && one.owner === 'controller');
}
