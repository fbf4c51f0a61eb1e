import { installedRelease, neededDefinitions } from '../../cluster/kubernetes/gateway-api.js';
import type { InstalledCharts } from '../../cluster/kubernetes/installed.js';
import { isMetadataPolicy, metadataPolicyName } from '../../cluster/kubernetes/metadata-policy.js';
import { keepsOut } from '../../cluster/network/api-access.js';
import type { KubernetesState } from '../../cluster/plan/plan.js';
import { readRecord } from '../../cluster/talos/cluster-record.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import type { Answer } from '../../lib/answer.js';
import { readTextIfExists } from '../../lib/files.js';
import { inParallel } from '../../lib/parallel.js';
import { ToolError } from '../../tools/exec.js';
import {
  getNodes,
  parseNodes,
  record as clusterRecord,
  type KubeNode,
  type KubernetesLook,
} from '../../tools/kubectl.js';
import { ask } from '../observe/answers.js';
import { chooseApiServer } from '../observe/reachable-apis.js';
import { controlPlanesOf } from '../run/node-server.js';
import type { OwnAddresses } from '../access/own-address.js';
import type { FlowContext } from '../run/context.js';
import { installedCilium } from './cilium.js';
import { observeAddons } from './look.js';
import { keptManifests, observeManifests } from './manifests.js';
import { keptInCluster, type ReleaseSource } from './release-source.js';
import { observeGatewayApi } from './gateway-api.js';
import { metadataIsBlocked } from './metadata-policy.js';

/** What of Kubernetes is there, and its nodes; none when it does not answer. */
export interface SeenKubernetes extends KubernetesState {
  readonly nodes: readonly KubeNode[];
}

const nothing: SeenKubernetes = { running: false, installed: undefined, nodes: [] };

/**
 * What of Kubernetes is there already, asked with the kept kubeconfig. Not answering counts as
 * nothing; a firewall that keeps this machine out need not be waited for.
 */
export async function observeKubernetes(
  ctx: FlowContext,
  state: ClusterState,
  own: OwnAddresses,
): Promise<SeenKubernetes> {
  if (keepsOut(state.firewall, own.ipv4)) return nothing;
  const controlPlanes = controlPlanesOf(state).filter(({ status }) => status === 'running');
  if (controlPlanes.length === 0 || (await readTextIfExists(ctx.files.kubeconfig)) === undefined)
    return nothing;
  try {
    if ((await chooseApiServer(ctx, controlPlanes)).answering.length === 0) return nothing;
    const [installed, nodes] = await inParallel(
      readInstalled(ctx),
      ctx.run(getNodes(ctx.files.kubeconfig)),
    );
    return { running: true, installed, nodes: parseNodes(nodes.stdout) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return nothing;
    throw error;
  }
}

/** What oxide installed in Kubernetes, or why it cannot be asked. `look`: what is known of it already. */
export async function observeInstalled(
  ctx: FlowContext,
  look?: KubernetesLook,
): Promise<Answer<InstalledCharts>> {
  if (look) return ask(ctx, () => installedIn(ctx, look));
  const { kubeconfig } = ctx.files;
  if ((await readTextIfExists(kubeconfig)) === undefined) {
    return { unknown: `there is no ${kubeconfig}` };
  }
  return ask(ctx, () => readInstalled(ctx));
}

async function installedIn(ctx: FlowContext, look: KubernetesLook): Promise<InstalledCharts> {
  const definitions = look.definitions.filter(({ name }) => neededDefinitions.includes(name));
  const releases = keptInCluster(ctx, look);
  const record = look.records.get(clusterRecord.name);
  const policy = look.policies.find(({ name }) => name === metadataPolicyName);
  return {
    definitions,
    gatewayApi: installedRelease(definitions),
    cilium: await installedCilium(ctx, releases),
    addons: await observeAddons(ctx, releases),
    manifests: keptManifests(ctx, record ? readRecord(record).manifests : {}),
    metadataBlocked: policy !== undefined && isMetadataPolicy(policy),
  };
}

/** The same, of a Kubernetes that is known to answer. `releases`: who tells of addons also where none is wanted. */
export async function readInstalled(
  ctx: FlowContext,
  releases?: ReleaseSource,
): Promise<InstalledCharts> {
  const hasManifests = ctx.config.addons.manifests.length > 0 || releases !== undefined;
  const [definitions, cilium, addons, manifests, metadataBlocked] = await inParallel(
    observeGatewayApi(ctx),
    installedCilium(ctx),
    observeAddons(ctx, releases),
    hasManifests ? observeManifests(ctx) : Promise.resolve([]),
    metadataIsBlocked(ctx),
  );
  const gatewayApi = installedRelease(definitions);
  return { definitions, gatewayApi, cilium, addons, manifests, metadataBlocked };
}
