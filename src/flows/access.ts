import { withFoundEndpoint } from '../cluster/network/api-endpoint.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import { publishedAddress } from '../cluster/state/load-balancer.js';
import { accessFileRemark } from '../cluster/status/problems.js';
import type { ClusterConfig } from '../config/schema.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import type { StepIo } from '../lib/step.js';
import { inParallel } from '../lib/parallel.js';
import { wallClock } from '../lib/wait.js';
import { renewKubeconfig, renewTalosconfig } from '../steps/access/access-files.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import type { FlowContext } from '../steps/run/context.js';
import { probeAccessFiles, observeExisting } from '../steps/observe/probes.js';
import { mergeIntoOwn, type Merged, type MergeWish } from '../steps/access/merge-kubeconfig.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { controlPlanesOf, type NodeServer } from '../steps/run/node-server.js';
import { checkSecrets } from '../steps/talos/secrets.js';

/** A talosconfig that was made again. */
export interface TalosAccess {
  readonly cluster: string;
  readonly talosconfig: string;
  /** Public addresses of the control planes. */
  readonly endpoints: readonly string[];
}

/** A kubeconfig that was made again. */
export interface KubernetesAccess {
  readonly cluster: string;
  readonly kubeconfig: string;
  /** Address of the Kubernetes API in it. */
  readonly endpoint: string;
  /** Null: the user's own kubeconfig was left alone. */
  readonly merged: Merged | null;
}

/** Makes the talosconfig again, from the cluster's secrets and its present control planes. */
export async function accessTalos(ctx: FlowContext): Promise<TalosAccess> {
  const { controlPlanes } = await findControlPlanes(ctx);
  await ctx.step('Make the talosconfig', async (io) => {
    await warnOfEnd(ctx, ctx.files.talosconfig, io);
    await renewTalosconfig(ctx, controlPlanes);
    io.summary(ctx.files.talosconfig);
  });
  return {
    cluster: ctx.config.cluster_name,
    talosconfig: ctx.files.talosconfig,
    endpoints: controlPlanes.map(({ publicIpv4 }) => publicIpv4),
  };
}

/**
 * Fetches the kubeconfig again from a control plane that answers and, where it is wished, adds it to
 * the user's own. The talosconfig, with which it is fetched, is made again too.
 */
export async function accessKubernetes(
  surroundings: FlowContext,
  wish?: MergeWish,
): Promise<KubernetesAccess> {
  const [{ config, state, controlPlanes, running }, own] = await inParallel(
    findControlPlanes(surroundings),
    surroundings.step('Find the public address of this machine', (io) =>
      findOwnAddresses(surroundings, 'compare', io),
    ),
  );
  const ctx = { ...surroundings, config };
  await ensureApiAccess(ctx, state, own);
  const endpoint = await ctx.step('Fetch the kubeconfig', async (io) => {
    await warnOfEnd(ctx, ctx.files.kubeconfig, io);
    await renewTalosconfig(ctx, controlPlanes);
    return renewKubeconfig(ctx, { from: running, all: running }, io);
  });
  const merged = wish
    ? await ctx.step('Add it to your kubeconfig', (io) =>
        mergeIntoOwn(ctx, { wish, server: endpoint }, io),
      )
    : null;
  return {
    cluster: ctx.config.cluster_name,
    kubeconfig: ctx.files.kubeconfig,
    endpoint,
    merged,
  };
}

interface ControlPlanes {
  /** cluster.yaml with the endpoint that the cluster has. */
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly controlPlanes: readonly NodeServer[];
  /** Those that run, as Hetzner says. */
  readonly running: readonly NodeServer[];
}

async function findControlPlanes(ctx: FlowContext): Promise<ControlPlanes> {
  const state = await ctx.step('Look at what exists', () => observeExisting(ctx));
  await checkSecrets(ctx, state);
  ctx.apiServers.publish(publishedAddress(state.balancer));
  const controlPlanes = controlPlanesOf(state);
  const running = controlPlanes.filter(({ status }) => status === 'running');
  if (running.length > 0) {
    return { config: withFoundEndpoint(ctx.config, state), state, controlPlanes, running };
  }
  throw new PreconditionError(
    `no control plane of the cluster "${ctx.config.cluster_name}" runs`,
    `${oxide`create`} makes and starts what is missing.`,
  );
}

async function warnOfEnd(ctx: FlowContext, path: string, io: StepIo): Promise<void> {
  const { accessFiles } = await probeAccessFiles(ctx);
  const kept = accessFiles.find((file) => file.path === path);
  const remark = kept && accessFileRemark(kept, wallClock());
  if (remark !== undefined) io.warn(`${remark}; a new one is made`);
}
