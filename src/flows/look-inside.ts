import type { RunningCluster } from '../cluster/plan/scale/scale-input.js';
import { missingServers } from '../cluster/plan/differences/drift.js';
import { refuseDoubtful, type DoubtInput } from '../cluster/plan/doubtful-servers.js';
import { refuseTakenNames } from '../cluster/plan/taken-names.js';
import { anythingExists, type ClusterState } from '../cluster/state/cluster-state.js';
import { publishedAddress } from '../cluster/state/load-balancer.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { findMissing, inParallel } from '../lib/parallel.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import { findOwnAddresses, type OwnAddresses } from '../steps/access/own-address.js';
import { reachCluster, type Reached } from '../steps/access/reach.js';
import { observeInstalled } from '../steps/addons/kubernetes-state.js';
import { viewCluster } from '../steps/observe/cluster-view.js';
import { observeKnownNodes } from '../steps/observe/known-nodes.js';
import { observe } from '../steps/observe/observe.js';
import { askingOnce } from '../steps/observe/shared-looks.js';
import { observeAttachments } from '../steps/ownership/attachments.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import type { FlowContext } from '../steps/run/context.js';
import { controlPlanesOf, type NodeServer } from '../steps/run/node-server.js';
import { checkSecrets } from '../steps/talos/secrets.js';

/** What there is of a running cluster, and how it is reached. */
export interface Inside extends RunningCluster {
  readonly own: OwnAddresses;
  readonly reached: Reached;
  /** Those that exist, in the order of their indices. */
  readonly controlPlanes: readonly NodeServer[];
}

/**
 * Looks at a running cluster before its nodes are changed: in the cloud, in Kubernetes and in etcd.
 * What cannot be looked at ends the run.
 */
export async function lookInside(surroundings: FlowContext): Promise<Inside> {
  const looker = askingOnce(surroundings, ['pricing']);
  const { step } = looker;
  const [, seen, own] = await findMissing(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(looker, io)),
    step('Look at what exists', (io) => observe(looker, io)),
    step('Find the public address of this machine', (io) =>
      findOwnAddresses(looker, 'compare', io),
    ),
  );
  const { state: found, catalogue, config, keepsEndpoint } = seen;
  const ctx = { ...looker, config };
  demandCluster(ctx, found);
  await checkSecrets(ctx, found);
  refuseUnclear({ config, state: found, nodes: [] });
  ctx.apiServers.publish(publishedAddress(found.balancer));
  const state = await ensureApiAccess(ctx, found, own);
  const reached = await step('Reach the cluster', (io) => reachCluster(ctx, { state, own }, io));
  const controlPlanes = controlPlanesOf(state);
  const [view, attached] = await step('Look into the cluster', () =>
    inParallel(
      viewCluster(ctx, { talos: reached.talos, controlPlanes }),
      observeAttachments(ctx, state.servers),
    ),
  );
  const [{ known }, installed] = await inParallel(
    observeKnownNodes(ctx, { state, nodes: view.nodes, through: reached.controlPlanes }),
    observeInstalled(ctx),
  );
  return {
    ...{ config, keepsEndpoint, state, catalogue, own, reached, controlPlanes },
    ...{ view, attached, known, installed },
  };
}

/** Throws a PreconditionError when nothing of the cluster exists. */
export function demandCluster({ config }: FlowContext, state: ClusterState): void {
  if (anythingExists(state)) return;
  throw new PreconditionError(
    `the cluster "${config.cluster_name}" does not exist in this project`,
    `Make it: ${oxide`create`}`,
    'cluster.missing',
  );
}

/** Labels that were edited may hide the control planes: that is said before these are asked. */
function refuseUnclear(input: DoubtInput): void {
  const { config, state } = input;
  refuseDoubtful(input);
  const missing = missingServers(config, state).filter(({ role }) => role === 'control-plane');
  refuseTakenNames(config.cluster_name, missing, state);
}
