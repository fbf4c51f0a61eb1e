import type { Difference } from '../cluster/plan/difference.js';
import type { Digests } from '../cluster/kubernetes/used-downloads.js';
import { missingServers } from '../cluster/plan/differences/drift.js';
import type { Plan } from '../cluster/plan/plan.js';
import { demandLivingControlPlanes } from '../steps/observe/living-control-planes.js';
import { observeKnownNodes } from '../steps/observe/known-nodes.js';
import type { Role } from '../cluster/state/cluster-state.js';
import {
  firstOf,
  growKubernetes,
  startKubernetes,
  type StartedKubernetes,
} from './create-kubernetes.js';
import { publishedAddress, type LoadBalancerState } from '../cluster/state/load-balancer.js';
import { withScratchFolder } from '../lib/files.js';
import { findMissing, inParallel } from '../lib/parallel.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { planWithApiAccess, whoMayReach } from '../steps/access/api-access.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import type { FlowContext } from '../steps/run/context.js';
import { leadBalancer } from './lead-balancer.js';
import { prepare, type CreateWork } from './prepare-create.js';
import { settleCluster } from './settle-cluster.js';
import { fetchDownloads } from '../steps/addons/downloads.js';
import { noAddons, type AddonFailure } from '../steps/addons/install.js';
import { addonsOf } from '../steps/addons/look.js';
import { withLease } from '../steps/run/lease.js';
import { generateMachineConfigs } from '../steps/talos/machine-configs.js';
import { observe } from '../steps/observe/observe.js';
import { untilOneCanBeMade, type ImageSource } from '../steps/hetzner/image-source.js';
import { ServerOrdering } from '../steps/hetzner/server-ordering.js';
import { besideImages } from '../steps/image/coming-images.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { checkSecrets } from '../steps/talos/secrets.js';
import { ensureServers, type ServerPrerequisites } from '../steps/hetzner/servers.js';
import { addressed, type NodeServer } from '../steps/run/node-server.js';
import { ensureKnownEtcd } from '../steps/talos/known-etcd.js';
import { observeEtcd } from '../steps/talos/etcd-look.js';
import { checkEndpoint } from '../steps/access/check-endpoint.js';
import { observeKubernetes } from '../steps/addons/kubernetes-state.js';

/** A cluster that is complete: every planned node is Ready. */
export interface CreatedCluster {
  readonly cluster: string;
  /** Address of the Kubernetes API in the kubeconfig. */
  readonly endpoint: string;
  readonly kubeconfig: string;
  readonly talosconfig: string;
  /** False when it was complete before. */
  readonly changed: boolean;
  readonly nodes: readonly CreatedNode[];
  /** Optional addons that do not work, each with the reason: the same command tries again. */
  readonly failedAddons: readonly AddonFailure[];
  /** In what it differs from cluster.yaml all the same: what this command does not change. */
  readonly differences: readonly Difference[];
}

export interface CreatedNode {
  readonly name: string;
  readonly role: Role;
  readonly publicIpv4: string;
  readonly privateIp: string;
}

export type CreateOutcome =
  | { readonly kind: 'preview'; readonly plan: Plan }
  | {
      readonly kind: 'created';
      readonly cluster: CreatedCluster;
      /** It began to live with this run: nobody can have a copy of its secrets yet. */
      readonly founded: boolean;
    };

/**
 * Makes the cluster of cluster.yaml, or what is missing of it. Everything looks first and acts
 * then, so that the same command goes on from wherever an earlier run stopped. Nothing is deleted
 * but members of etcd whose servers are gone.
 */
export async function create(surroundings: FlowContext): Promise<CreateOutcome> {
  const { step } = surroundings;
  const { allowed_cidrs: allowed } = surroundings.config.hcloud.firewall;
  const [, { state, catalogue, config, keepsEndpoint }, own] = await findMissing(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(surroundings, io)),
    step('Look at what exists', (io) => observe(surroundings, io)),
    step('Find the public address of this machine', (io) =>
      findOwnAddresses(surroundings, allowed ? 'compare' : 'admit', io),
    ),
  );
  const ctx = { ...surroundings, config };
  await checkSecrets(ctx, state);
  if (missingServers(config, state).length > 0) await knownSchematic(ctx, catalogue);
  const machineConfigs = await step('Generate and check the machine configurations', (io) =>
    generateMachineConfigs(ctx, state.balancer, io),
  );
  ctx.apiServers.publish(publishedAddress(state.balancer));
  const admitted = whoMayReach(ctx, state, own);
  const [kubernetes, etcd] = await inParallel(
    observeKubernetes(ctx, state, own),
    observeEtcd(ctx, state, own),
  );
  await demandLivingControlPlanes(ctx, { state, nodes: kubernetes.nodes, etcd });
  const { known } = await observeKnownNodes(ctx, { state, nodes: kubernetes.nodes });
  const plan = await planWithApiAccess(
    ctx,
    {
      ...{ config, keepsEndpoint, state, catalogue, kubernetes, etcd, known },
      ...{ ownIpv4: own.ipv4, ...admitted },
      clusterTokenSource: ctx.clusterToken.source,
    },
    own,
  );
  if (!(await ctx.confirm(plan))) return { kind: 'preview', plan };
  const { nodes, endpoint, founded, digests, addons, balancer } =
    plan.changes.length === 0
      ? await refreshAccess(ctx, plan)
      : await withLease(ctx, state.servers, (lease) =>
          carryOut(
            { ...ctx, config: plan.config },
            { state, plan, etcd, own, checked: machineConfigs, lease },
          ),
        );
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  const [failures] = await inParallel(
    settleCluster({ ...ctx, config: plan.config }, plan, { nodes, controlPlanes, digests, addons }),
    // Targets answer without a network of pods, and their health takes its time.
    ...(balancer ? [leadBalancer(ctx, balancer, controlPlanes)] : []),
  );
  await checkEndpoint(ctx, controlPlanes);
  const cluster = describe(ctx, { plan, nodes, endpoint, failedAddons: failures });
  return { kind: 'created', cluster, founded };
}

interface RunningCluster extends StartedKubernetes {
  readonly nodes: readonly NodeServer[];
  /** Of what was downloaded for it in this run. */
  readonly digests: Digests;
  /** Undefined: there is none, or nothing of it was to do. */
  readonly balancer?: LoadBalancerState | undefined;
}

/** A complete cluster needs no change; its access files may be gone or lead to an old address. */
async function refreshAccess(ctx: FlowContext, plan: Plan): Promise<RunningCluster> {
  const nodes = plan.servers.flatMap(({ existing }) => (existing ? [addressed(existing)] : []));
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  await writeTalosconfig(ctx, controlPlanes);
  const way = { first: firstOf(controlPlanes), from: controlPlanes, all: controlPlanes };
  const endpoint = await ctx.step('Write the kubeconfig', (io) => writeKubeconfig(ctx, way, io));
  return { nodes, endpoint, founded: false, addons: noAddons, digests: {} };
}

/** Control planes are placed before workers are bought: without them workers are of no use. */
async function carryOut(ctx: FlowContext, work: CreateWork): Promise<RunningCluster> {
  const { plan, own } = work;
  return besideImages(ctx, { builds: plan.builds, own }, (images) => makeAll(ctx, work, images));
}

async function makeAll(
  ctx: FlowContext,
  work: CreateWork,
  images: ImageSource,
): Promise<RunningCluster> {
  const { plan } = work;
  const prepared = await prepare(ctx, work);
  const prerequisites = { ...prepared, images };
  const ordering = new ServerOrdering(ctx, plan.servers);
  const etcd = await ensureKnownEtcd(ctx, { ...work, prerequisites, ordering });
  const isRunning = etcd.kind === 'running';
  const orders: Orders = { plan, prerequisites, ordering, start: !isRunning };
  return withScratchFolder(ctx.files.folder, async (scratch) => {
    const [controlPlanes, downloads] = await inParallel(
      makeServers(ctx, 'control-plane', orders),
      ctx.step(
        addonsOf(ctx).length > 0
          ? 'Fetch the Gateway API, Cilium and the addons'
          : 'Fetch the Gateway API and Cilium',
        (io) => fetchDownloads(ctx, scratch, io),
      ),
    );
    const { networkId, balancer } = prerequisites;
    const parts = { controlPlanes, downloads, networkId, balancer };
    const [kubernetes, workers] = await inParallel(
      isRunning ? growKubernetes(ctx, plan, parts) : startKubernetes(ctx, plan, parts),
      makeServers(ctx, 'worker', { ...orders, start: true }),
    );
    const nodes = [...controlPlanes, ...workers];
    return { nodes, digests: downloads.digests, balancer, ...kubernetes };
  });
}

interface Orders {
  readonly plan: Plan;
  readonly prerequisites: ServerPrerequisites;
  readonly ordering: ServerOrdering;
  /** False: control planes of a running cluster are started one by one. */
  readonly start: boolean;
}

async function makeServers(
  ctx: FlowContext,
  role: Role,
  { plan, ...orders }: Orders,
): Promise<readonly NodeServer[]> {
  const servers = plan.servers.filter((server) => server.role === role);
  if (servers.length === 0) return [];
  await untilOneCanBeMade(servers, orders.prerequisites.images);
  const title = role === 'worker' ? 'Create the workers' : 'Create the control planes';
  return ctx.step(title, (io) => ensureServers(ctx, { servers, ...orders }, io));
}

function describe(
  { config, files }: FlowContext,
  made: {
    plan: Plan;
    nodes: readonly NodeServer[];
    endpoint: string;
    failedAddons: readonly AddonFailure[];
  },
): CreatedCluster {
  return {
    cluster: config.cluster_name,
    endpoint: made.endpoint,
    kubeconfig: files.kubeconfig,
    talosconfig: files.talosconfig,
    changed: made.plan.changes.length > 0,
    differences: made.plan.left,
    failedAddons: made.failedAddons,
    nodes: made.nodes.map(({ name, role, publicIpv4, privateIp }) => ({
      name,
      role,
      publicIpv4,
      privateIp,
    })),
  };
}
