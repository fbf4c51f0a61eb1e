import type { Plan } from '../cluster/plan/plan.js';
import type { ClusterState, Role } from '../cluster/state/cluster-state.js';
import { withScratchFolder } from '../lib/files.js';
import { inParallel } from '../lib/parallel.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { planWithApiAccess, whoMayReach } from '../steps/access/api-access.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import { ensureCilium, fetchCilium } from '../steps/kubernetes/cilium.js';
import type { FlowContext } from '../steps/run/context.js';
import { ensureFirewall } from '../steps/hetzner/firewall.js';
import { ensureGatewayApi, fetchGatewayApi } from '../steps/kubernetes/gateway-api.js';
import { waitForNodes } from '../steps/kubernetes/nodes.js';
import { waitForKubernetesApi } from '../steps/kubernetes/api.js';
import { withLease, type ClusterLease } from '../steps/run/lease.js';
import { ensureMachineConfigs } from '../steps/talos/machine-configs.js';
import { ensureNetwork } from '../steps/hetzner/network.js';
import { observe } from '../steps/observe/observe.js';
import { ServerOrdering } from '../steps/hetzner/server-ordering.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { checkSecrets, ensureSecrets } from '../steps/talos/secrets.js';
import { ensureServers, type ServerPrerequisites } from '../steps/hetzner/servers.js';
import { addressed, controlPlanesOf, type NodeServer } from '../steps/run/node-server.js';
import { ensureSshKey } from '../steps/hetzner/ssh-key.js';
import { bootstrapOnce, waitForTalos } from '../steps/talos/bootstrap.js';
import { readyForJoins } from '../steps/talos/ready-for-joins.js';
import { joinInTurn, waitForVoters } from '../steps/talos/join-etcd.js';
import { observeEtcd, settleEtcd } from '../steps/talos/etcd-look.js';
import { checkEndpoint } from '../steps/access/check-endpoint.js';
import { chooseApiServer } from '../steps/observe/reachable-apis.js';
import type { EtcdSeen } from '../cluster/talos/etcd.js';
import { isUnfinished } from '../cluster/plan/planned-servers.js';
import { observeKubernetes } from '../steps/kubernetes/kubernetes-state.js';

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
 * then, so that the same command goes on from wherever an earlier run stopped. Nothing is deleted.
 */
export async function create(ctx: FlowContext): Promise<CreateOutcome> {
  const { config, step } = ctx;
  const [, { state, catalogue }, own] = await inParallel(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(ctx, io)),
    step('Look at what exists', (io) => observe(ctx, io)),
    step('Find the public address of this machine', (io) =>
      findOwnAddresses(ctx, config.hcloud.firewall.allowed_cidrs ? 'compare' : 'admit', io),
    ),
  );
  await checkSecrets(ctx, state);
  const admitted = whoMayReach(ctx, state, own);
  const [kubernetes, etcd] = await inParallel(
    observeKubernetes(ctx, state, own),
    observeEtcd(ctx, state, own),
  );
  const plan = await planWithApiAccess(
    ctx,
    { config, state, catalogue, kubernetes, etcd, ownIpv4: own.ipv4, ...admitted },
    own,
  );
  if (!(await ctx.confirm(plan))) return { kind: 'preview', plan };
  const { nodes, endpoint, founded } =
    plan.changes.length === 0
      ? await refreshAccess(ctx, plan)
      : await withLease(ctx, state.servers, (lease) => carryOut(ctx, { state, plan, etcd, lease }));
  await step('Wait until all nodes are Ready', (io) =>
    waitForNodes(
      ctx,
      nodes.map(({ name }) => name),
      io,
    ),
  );
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  await step('Wait until etcd is whole', (io) => waitForVoters(ctx, controlPlanes, io));
  await checkEndpoint(ctx, controlPlanes);
  const cluster = describe(ctx, { plan, nodes, endpoint });
  return { kind: 'created', cluster, founded };
}

interface RunningCluster {
  readonly nodes: readonly NodeServer[];
  /** Address of the Kubernetes API in the kubeconfig. */
  readonly endpoint: string;
  /** Its etcd was bootstrapped by this run. */
  readonly founded: boolean;
}

/** A complete cluster needs no change; its access files may be gone or lead to an old address. */
async function refreshAccess(ctx: FlowContext, plan: Plan): Promise<RunningCluster> {
  const nodes = plan.servers.flatMap(({ existing }) => (existing ? [addressed(existing)] : []));
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  await writeTalosconfig(ctx, controlPlanes);
  const way = { first: firstOf(controlPlanes), from: controlPlanes };
  const endpoint = await ctx.step('Write the kubeconfig', (io) => writeKubeconfig(ctx, way, io));
  return { nodes, endpoint, founded: false };
}

interface Work {
  readonly state: ClusterState;
  readonly plan: Plan;
  readonly etcd: EtcdSeen;
  readonly lease: ClusterLease;
}

/** Control planes are placed before workers are bought: without them workers are of no use. */
async function carryOut(ctx: FlowContext, work: Work): Promise<RunningCluster> {
  const { plan } = work;
  const prerequisites = await prepare(ctx, work);
  const ordering = new ServerOrdering(ctx, plan.servers);
  const etcd = await settle(ctx, { ...work, prerequisites, ordering });
  const isRunning = etcd.kind === 'running';
  const orders: Orders = { plan, prerequisites, ordering, start: !isRunning };
  return withScratchFolder(ctx.files.folder, async (scratch) => {
    const [controlPlanes, [manifest, chart]] = await inParallel(
      makeServers(ctx, 'control-plane', orders),
      ctx.step('Fetch the Gateway API and Cilium', () =>
        inParallel(fetchGatewayApi(ctx), fetchCilium(ctx, scratch)),
      ),
    );
    const parts = { controlPlanes, manifest, chart };
    const [kubernetes, workers] = await inParallel(
      isRunning ? growKubernetes(ctx, plan, parts) : startKubernetes(ctx, plan, parts),
      makeServers(ctx, 'worker', { ...orders, start: true }),
    );
    return { nodes: [...controlPlanes, ...workers], ...kubernetes };
  });
}

type Settling = Work & Pick<Orders, 'prerequisites' | 'ordering'>;

/**
 * Nothing is ordered before it is known whether etcd runs and, where it does, that another control
 * plane can join. Those that exist are finished and started for that.
 */
async function settle(ctx: FlowContext, work: Settling): Promise<EtcdSeen> {
  const { state, plan, etcd, ...orders } = work;
  const servers = plan.servers.filter(
    ({ role, existing }) => role === 'control-plane' && existing !== undefined,
  );
  if (etcd.kind === 'none' || servers.length === 0) return { kind: 'none' };
  const finished = servers.some(({ existing }) => existing && isUnfinished(existing))
    ? await ctx.step('Start the control planes', (io) =>
        ensureServers(ctx, { servers, ...orders }, io),
      )
    : [];
  const nodes = updated(controlPlanesOf(state), finished);
  await writeTalosconfig(ctx, nodes);
  const seen =
    etcd.kind === 'running' && finished.length === 0
      ? etcd
      : await ctx.step('Ask the control planes for etcd', (io) => settleEtcd(ctx, nodes, io));
  if (seen.kind === 'running') await readyForJoins(ctx, { plan, nodes, seen });
  return seen;
}
/** What the servers need before the first of them is ordered. */
async function prepare(
  ctx: FlowContext,
  { state, plan, lease }: Work,
): Promise<ServerPrerequisites> {
  const { step } = ctx;
  const caFingerprint = await step("Make the cluster's secrets", (io) => ensureSecrets(ctx, io));
  // Before all else: its name is unique in the project, so of two runs that begin at once one stops.
  const network = await step('Create the private network', (io) =>
    ensureNetwork(ctx, { state, planned: plan.network, caFingerprint, lease }, io),
  );
  const [firewallId, sshKeyId, userData] = await inParallel(
    step('Create the firewall', (io) =>
      ensureFirewall(ctx, { state, rules: plan.firewallRules }, io),
    ),
    step('Create the SSH key', (io) => ensureSshKey(ctx, state, io)),
    step('Generate and check the machine configurations', (io) => ensureMachineConfigs(ctx, io)),
  );
  return { networkId: network.id, firewallId, sshKeyId, userData };
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
  const title = role === 'worker' ? 'Create the workers' : 'Create the control planes';
  return ctx.step(title, (io) => ensureServers(ctx, { servers, ...orders }, io));
}

interface Parts {
  readonly controlPlanes: readonly NodeServer[];
  /** The Gateway API's definitions. */
  readonly manifest: string;
  /** Where the Cilium chart is. */
  readonly chart: string;
}

/**
 * The critical path: from running control planes to an answering Kubernetes API and the network of
 * the pods.
 */
async function startKubernetes(
  ctx: FlowContext,
  plan: Plan,
  { controlPlanes, manifest, chart }: Parts,
): Promise<Omit<RunningCluster, 'nodes'>> {
  const { step } = ctx;
  const first = firstOf(controlPlanes);
  const older = olderOf(plan, controlPlanes);
  await writeTalosconfig(ctx, controlPlanes);
  await step(`Wait for Talos on ${first.name}`, (io) => waitForTalos(ctx, first, io));
  const founded = await step('Bootstrap etcd', (io) => bootstrapOnce(ctx, { first, older }, io));
  const endpoint = await step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first, from: [first] }, io),
  );
  ctx.apiServers.use([first]);
  await step('Wait for the Kubernetes API', (io) => waitForKubernetesApi(ctx, io));
  ctx.apiServers.use(controlPlanes);
  await install(ctx, { manifest, chart });
  return { endpoint, founded };
}

/** Control planes join a running etcd one after the other; the others answer meanwhile. */
async function growKubernetes(
  ctx: FlowContext,
  plan: Plan,
  { controlPlanes, ...addons }: Parts,
): Promise<Omit<RunningCluster, 'nodes'>> {
  const { step } = ctx;
  const older = olderOf(plan, controlPlanes);
  await writeTalosconfig(ctx, controlPlanes);
  const newer = controlPlanes.filter((node) => !older.includes(node));
  await joinInTurn(ctx, newer, older);
  const endpoint = await step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first: firstOf(controlPlanes), from: older }, io),
  );
  await step('Wait for the Kubernetes API', async (io) => {
    await chooseApiServer(ctx, older);
    await waitForKubernetesApi(ctx, io);
  });
  await install(ctx, addons);
  return { endpoint, founded: false };
}

async function install(
  ctx: FlowContext,
  { manifest, chart }: Omit<Parts, 'controlPlanes'>,
): Promise<void> {
  await ctx.step('Install the Gateway API', (io) => ensureGatewayApi(ctx, manifest, io));
  await ctx.step('Install Cilium', (io) => ensureCilium(ctx, chart, io));
}

/** Those that existed before this run. */
function olderOf(plan: Plan, controlPlanes: readonly NodeServer[]): readonly NodeServer[] {
  const existed = new Set(plan.servers.flatMap(({ existing }) => existing?.id ?? []));
  return controlPlanes.filter(({ id }) => existed.has(id));
}

/** The same control planes as they are after some were finished. */
function updated(
  nodes: readonly NodeServer[],
  finished: readonly NodeServer[],
): readonly NodeServer[] {
  const same = ({ id }: NodeServer): boolean => finished.some((node) => node.id === id);
  return [...nodes.filter((node) => !same(node)), ...finished].sort((a, b) => a.index - b.index);
}

/** The cluster's endpoint and the one that is bootstrapped. */
function firstOf(controlPlanes: readonly NodeServer[]): NodeServer {
  const [first] = controlPlanes;
  if (!first) throw new Error('a checked configuration has a control plane');
  return first;
}

function describe(
  { config, files }: FlowContext,
  made: { plan: Plan; nodes: readonly NodeServer[]; endpoint: string },
): CreatedCluster {
  return {
    cluster: config.cluster_name,
    endpoint: made.endpoint,
    kubeconfig: files.kubeconfig,
    talosconfig: files.talosconfig,
    changed: made.plan.changes.length > 0,
    nodes: made.nodes.map(({ name, role, publicIpv4, privateIp }) => ({
      name,
      role,
      publicIpv4,
      privateIp,
    })),
  };
}
