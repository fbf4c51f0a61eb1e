import type { LoadBalancerState } from '../cluster/state/load-balancer.js';
import { inParallel } from '../lib/parallel.js';
import { addTargets } from '../steps/access/balancer-targets.js';
import type { Plan } from '../cluster/plan/plan.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { waitForKubernetesApi } from '../steps/kubernetes/api.js';
import { ensureCilium } from '../steps/addons/cilium.js';
import type { Downloads } from '../steps/addons/downloads.js';
import { ensureGatewayApi } from '../steps/addons/gateway-api.js';
import { installAddons, noAddons, type Installed } from '../steps/addons/install.js';
import { ensureMetadataPolicy } from '../steps/addons/metadata-policy.js';
import { chooseApiServer } from '../steps/observe/reachable-apis.js';
import type { FlowContext } from '../steps/run/context.js';
import type { NodeServer } from '../steps/run/node-server.js';
import { bootstrapOnce, waitForTalos } from '../steps/talos/bootstrap.js';
import { joinInTurn } from '../steps/talos/join-etcd.js';

/** A Kubernetes that answers and has the network of its pods. */
export interface StartedKubernetes {
  /** Address of the Kubernetes API in the kubeconfig. */
  readonly endpoint: string;
  /** Its etcd was bootstrapped by this run. */
  readonly founded: boolean;
  /** What came of its addons. */
  readonly addons: Installed;
}

/** What it is made of. */
export interface Parts {
  readonly controlPlanes: readonly NodeServer[];
  readonly downloads: Downloads;
  /** Hetzner's id of the cluster's network. */
  readonly networkId: number;
  /** The load balancer before the control planes; undefined: none. */
  readonly balancer: LoadBalancerState | undefined;
}

/**
 * The critical path: from running control planes to an answering Kubernetes API and the network of
 * the pods.
 */
export async function startKubernetes(
  ctx: FlowContext,
  plan: Plan,
  { controlPlanes, balancer, ...parts }: Parts,
): Promise<StartedKubernetes> {
  const { step } = ctx;
  const first = firstOf(controlPlanes);
  const older = olderOf(plan, controlPlanes);
  await writeTalosconfig(ctx, controlPlanes);
  await step(`Wait for Talos on ${first.name}`, (io) => waitForTalos(ctx, first, io));
  const founded = await step('Bootstrap etcd', (io) => bootstrapOnce(ctx, { first, older }, io));
  const endpoint = await step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first, from: [first], all: controlPlanes }, io),
  );
  ctx.apiServers.use([first]);
  await step('Wait for the Kubernetes API', (io) => waitForKubernetesApi(ctx, io));
  ctx.apiServers.use(controlPlanes);
  const [addons] = await inParallel(
    install(ctx, parts),
    // Nodes whose discovery fails them find the cluster there.
    ...(balancer
      ? [
          step(`Lead the load balancer to ${first.name}`, (io) =>
            addTargets(ctx, { balancer, nodes: [first] }, io),
          ),
        ]
      : []),
  );
  return { endpoint, founded, addons };
}

/** Control planes join a running etcd one after the other; the others answer meanwhile. */
export async function growKubernetes(
  ctx: FlowContext,
  plan: Plan,
  { controlPlanes, ...parts }: Parts,
): Promise<StartedKubernetes> {
  const { step } = ctx;
  const older = olderOf(plan, controlPlanes);
  await writeTalosconfig(ctx, controlPlanes);
  const newer = controlPlanes.filter((node) => !older.includes(node));
  await joinInTurn(ctx, newer, older);
  const endpoint = await step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first: firstOf(controlPlanes), from: older, all: controlPlanes }, io),
  );
  await step('Wait for the Kubernetes API', async (io) => {
    await chooseApiServer(ctx, older);
    await waitForKubernetesApi(ctx, io);
  });
  const addons = await install(ctx, parts);
  return { endpoint, founded: false, addons };
}

async function install(
  ctx: FlowContext,
  { downloads, networkId }: Omit<Parts, 'controlPlanes' | 'balancer'>,
): Promise<Installed> {
  const { manifest, cilium, charts, unfetched } = downloads;
  await ctx.step('Install the Gateway API', (io) => ensureGatewayApi(ctx, manifest, io));
  await ctx.step('Install Cilium', (io) => ensureCilium(ctx, { chart: cilium.path }, io));
  if (ctx.config.cilium.block_metadata) {
    await ctx.step('Close the metadata service to pods', (io) => ensureMetadataPolicy(ctx, io));
  }
  if (charts.length + unfetched.length === 0) return noAddons;
  return ctx.step('Install the addons', (io) =>
    installAddons(ctx, { charts, unfetched, networkId }, io),
  );
}

/** Those that existed before this run. */
function olderOf(plan: Plan, controlPlanes: readonly NodeServer[]): readonly NodeServer[] {
  const existed = new Set(plan.servers.flatMap(({ existing }) => existing?.id ?? []));
  return controlPlanes.filter(({ id }) => existed.has(id));
}

/** The cluster's endpoint and the one that is bootstrapped. */
export function firstOf(controlPlanes: readonly NodeServer[]): NodeServer {
  const [first] = controlPlanes;
  if (!first) throw new Error('a checked configuration has a control plane');
  return first;
}
