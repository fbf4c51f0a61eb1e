import { keepsOut } from '../../cluster/network/api-access.js';
import type { KubernetesState } from '../../cluster/plan/plan.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { readTextIfExists } from '../../lib/files.js';
import { inParallel } from '../../lib/parallel.js';
import { ToolError } from '../../tools/exec.js';
import { getNodes, parseNodes, readyz } from '../../tools/kubectl.js';
import { ciliumIsAsWanted } from './cilium.js';
import type { FlowContext } from '../run/context.js';
import { gatewayApiIsInstalled } from './gateway-api.js';
import type { OwnAddresses } from '../access/own-address.js';

const nothing: KubernetesState = { running: false, gatewayApi: false, cilium: false, nodes: [] };

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
  const reachable = state.servers.some(({ role }) => role === 'control-plane');
  if (!reachable || (await readTextIfExists(ctx.files.kubeconfig)) === undefined) return nothing;
  try {
    await ctx.run(readyz(ctx.files.kubeconfig));
    const [gatewayApi, cilium, nodes] = await inParallel(
      gatewayApiIsInstalled(ctx),
      ciliumIsAsWanted(ctx),
      ctx.run(getNodes(ctx.files.kubeconfig)).then(({ stdout }) => parseNodes(stdout)),
    );
    return { running: true, gatewayApi, cilium, nodes };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return nothing;
    throw error;
  }
}
