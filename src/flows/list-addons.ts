import type { AddonsSeen } from '../cluster/kubernetes/addon-health.js';
import { missingAddons, withoutImpossibleAddons } from '../cluster/plan/create/running-addons.js';
import { offAddons, withImpossible, type AddonState } from '../cluster/status/addon-states.js';
import type { KnownOfNode } from '../cluster/talos/found-settings.js';
import type { ClusterConfig } from '../config/schema.js';
import { monthlyCost } from '../cluster/catalogue/prices.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import type { Cost } from '../cluster/state/cost.js';
import { findMissing } from '../lib/parallel.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { reachKubernetes } from '../steps/access/reach.js';
import { explainedStates, observeAddonsSeen } from '../steps/addons/states.js';
import { observeKnownNodes } from '../steps/observe/known-nodes.js';
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
  const { seen, known, state } = await lookAtAddons(ctx);
  return listed(ctx, seen, withoutImpossibleAddons(ctx.config, state, known));
}

/** The same of what was seen already. `possible`: cluster.yaml without what the nodes cannot have. */
export async function listed(
  ctx: FlowContext,
  seen: AddonsSeen,
  possible: ClusterConfig,
): Promise<ListedAddons> {
  const states = await explainedStates(ctx, seen);
  const addons = withImpossible(states, missingAddons(ctx.config, possible));
  return { cluster: ctx.config.cluster_name, addons, off: offAddons(addons) };
}

/** A cluster whose Kubernetes answers, and its addons. */
interface Look {
  readonly state: ClusterState;
  readonly cost: Cost;
  readonly seen: AddonsSeen;
  /** What the nodes were made of. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
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
  const { known } = await observeKnownNodes(ctx, { state, nodes: seen.view.nodes });
  return { state, cost: monthlyCost(catalogue, state.servers), seen, known };
}
