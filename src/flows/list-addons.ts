import type { AddonsSeen } from '../cluster/kubernetes/addon-health.js';
import { offAddons, type AddonState } from '../cluster/status/addon-states.js';
import { monthlyCost } from '../cluster/catalogue/prices.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import type { Cost } from '../cluster/state/cost.js';
import { findMissing } from '../lib/parallel.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { reachKubernetes } from '../steps/access/reach.js';
import { explainedStates, observeAddonsSeen } from '../steps/addons/states.js';
import { observe } from '../steps/observe/observe.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import type { FlowContext } from '../steps/run/context.js';
import { demandCluster } from './look-inside.js';

/** The addons of a cluster. */
export interface ListedAddons {
  readonly cluster: string;
  readonly addons: readonly AddonState[];
  /** Names of those that could be switched on. */
  readonly off: readonly string[];
}

/** Which addons are wanted and which are there, and whether they work. Changes nothing. */
export async function listAddons(ctx: FlowContext): Promise<ListedAddons> {
  const { seen } = await lookAtAddons(ctx);
  return listed(ctx, seen);
}

/** The same of what was seen already. */
export async function listed(ctx: FlowContext, seen: AddonsSeen): Promise<ListedAddons> {
  const addons = await explainedStates(ctx, seen);
  return { cluster: ctx.config.cluster_name, addons, off: offAddons(addons) };
}

/** A cluster whose Kubernetes answers, and its addons. */
interface Look {
  readonly state: ClusterState;
  readonly cost: Cost;
  readonly seen: AddonsSeen;
}

/** Looks at the addons of a cluster that is there; throws when it cannot be reached. */
export async function lookAtAddons(ctx: FlowContext): Promise<Look> {
  const { step } = ctx;
  const [, { state: found, catalogue }, own] = await findMissing(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(ctx, io)),
    step('Look at what exists', (io) => observe(ctx, io)),
    step('Find the public address of this machine', (io) => findOwnAddresses(ctx, 'compare', io)),
  );
  demandCluster(ctx, found);
  const state = await ensureApiAccess(ctx, found, own);
  await step('Reach Kubernetes', (io) => reachKubernetes(ctx, { state, own }, io));
  const seen = await step('Look at the addons', () => observeAddonsSeen(ctx));
  return { state, cost: monthlyCost(catalogue, state.servers), seen };
}
