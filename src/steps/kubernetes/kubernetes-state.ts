import { keepsOut } from '../../cluster/network/api-access.js';
import type { KubernetesState } from '../../cluster/plan/plan.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { readTextIfExists } from '../../lib/files.js';
import { inParallel } from '../../lib/parallel.js';
import { ToolError } from '../../tools/exec.js';
import { chooseApiServer } from '../observe/reachable-apis.js';
import { controlPlanesOf } from '../run/node-server.js';
import { ciliumIsAsWanted } from './cilium.js';
import type { FlowContext } from '../run/context.js';
import { gatewayApiIsInstalled } from './gateway-api.js';
import type { OwnAddresses } from '../access/own-address.js';

const nothing: KubernetesState = { running: false, gatewayApi: false, cilium: false };

/**
 * What of Kubernetes is there already, asked with the kept kubeconfig. Not answering counts as
 * nothing; a firewall that keeps this machine out need not be waited for.
 */
export async function observeKubernetes(
  ctx: FlowContext,
  state: ClusterState,
  own: OwnAddresses,
): Promise<KubernetesState> {
  if (keepsOut(state.firewall, own.ipv4)) return nothing;
  const controlPlanes = controlPlanesOf(state).filter(({ status }) => status === 'running');
  if (controlPlanes.length === 0 || (await readTextIfExists(ctx.files.kubeconfig)) === undefined)
    return nothing;
  try {
    if ((await chooseApiServer(ctx, controlPlanes)).answering.length === 0) return nothing;
    const [gatewayApi, cilium] = await inParallel(
      gatewayApiIsInstalled(ctx),
      ciliumIsAsWanted(ctx),
    );
    return { running: true, gatewayApi, cilium };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return nothing;
    throw error;
  }
}
