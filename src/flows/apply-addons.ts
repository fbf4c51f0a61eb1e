import type { AddonState } from '../cluster/status/addon-states.js';
import { missingAddons, withoutImpossibleAddons } from '../cluster/plan/create/running-addons.js';
import { planAddons, type AddonsPlan } from '../cluster/plan/create/addons-plan.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { withScratchFolder } from '../lib/files.js';
import { ensureCilium } from '../steps/addons/cilium.js';
import { fetchChosen } from '../steps/addons/downloads.js';
import { ensureGatewayApi } from '../steps/addons/gateway-api.js';
import { installAddons, noAddons, type AddonFailure } from '../steps/addons/install.js';
import { addonsOf } from '../steps/addons/look.js';
import { ensureMetadataPolicy } from '../steps/addons/metadata-policy.js';
import { waitForAddons } from '../steps/addons/settle.js';
import { observeAddonsSeen } from '../steps/addons/states.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import { applyPlanned } from './finish-addons.js';
import { listed, lookAtAddons, type ListedAddons } from './list-addons.js';

export interface ApplyRequest {
  /** As they were typed; none: all. */
  readonly names: readonly string[];
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: AddonsPlan) => Promise<boolean>;
}

/** Addons that were brought to what cluster.yaml wants. */
export interface AppliedAddons extends ListedAddons {
  /** Names of those that were. */
  readonly applied: readonly string[];
}

export type ApplyOutcome =
  | { readonly kind: 'preview'; readonly plan: AddonsPlan }
  | { readonly kind: 'applied'; readonly result: AppliedAddons };

/** Installs, upgrades and repairs addons. An optional one that fails does not keep the others from it. */
export async function applyAddons(ctx: FlowContext, request: ApplyRequest): Promise<ApplyOutcome> {
  const { state, cost, seen, known } = await lookAtAddons(ctx);
  const config = withoutImpossibleAddons(ctx.config, state, known);
  const plan = planAddons({
    ...{ config, ...seen, cost, names: request.names },
    impossible: missingAddons(ctx.config, config),
    tokenSource: ctx.clusterToken.source,
  });
  if (!(await request.confirm(plan))) return { kind: 'preview', plan };
  if (plan.changes.length === 0) {
    return { kind: 'applied', result: { ...(await listed(ctx, seen, config)), applied: [] } };
  }
  const networkId = idOfNetwork(ctx, state);
  const within = { ...ctx, config };
  const failures = await withLease(ctx, state.servers, () => carryOut(within, plan, networkId));
  const after = await ctx.step('Look at what came of it', () => observeAddonsSeen(ctx));
  const { addons, ...rest } = await listed(ctx, after, config);
  const said = addons.map((one): AddonState => {
    const failure = failures.find(({ name }) => name === one.name);
    return failure ? { ...one, why: failure.reason } : one;
  });
  return { kind: 'applied', result: { ...rest, addons: said, applied: plan.apply } };
}

function idOfNetwork({ config }: FlowContext, { network }: ClusterState): number {
  if (network) return network.id;
  throw new PreconditionError(
    `the private network of "${config.cluster_name}" is missing`,
    `${oxide`create`} makes what is missing.`,
  );
}

async function carryOut(
  ctx: FlowContext,
  plan: AddonsPlan,
  networkId: number,
): Promise<readonly AddonFailure[]> {
  const { step, files } = ctx;
  return withScratchFolder(files.folder, async (folder) => {
    const {
      manifest,
      cilium: chart,
      charts,
      unfetched,
      digests,
    } = await step('Fetch what is needed', (io) =>
      fetchChosen(ctx, { names: plan.apply, folder }, io),
    );
    if (manifest) {
      const { json } = manifest;
      await step('Install the Gateway API', (io) =>
        ensureGatewayApi(ctx, { json, again: true }, io),
      );
    }
    if (chart) {
      const { path } = chart;
      await step('Install Cilium', (io) => ensureCilium(ctx, { chart: path, again: true }, io));
    }
    if (plan.closesMetadata) {
      await step('Close the metadata service to pods', (io) => ensureMetadataPolicy(ctx, io));
    }
    const { fresh, failures } =
      charts.length + unfetched.length === 0
        ? noAddons
        : await step('Install the addons', (io) =>
            installAddons(ctx, { charts, unfetched, networkId, again: true }, io),
          );
    const wanted = addonsOf(ctx).filter(({ addon }) => fresh.includes(addon.name));
    const expected = wanted.filter(
      ({ addon }) => !failures.some(({ name }) => name === addon.name),
    );
    const silent =
      expected.length === 0
        ? []
        : await step('Wait until the addons work', (io) =>
            waitForAddons(ctx, { wanted: expected, fresh }, io),
          );
    const own = await applyPlanned(ctx, plan);
    await step('Write down what was used', (io) =>
      ensureClusterRecord(ctx, { digests, manifests: own.applied }, io),
    );
    return [...failures, ...silent, ...own.failures];
  });
}
