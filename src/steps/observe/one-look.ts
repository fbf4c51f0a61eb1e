import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { OxideError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { atApiServer } from '../../tools/api-server.js';
import { lookAround, parseLook, type KubernetesLook } from '../../tools/kubectl.js';
import { apiServerOf } from '../run/api-servers.js';
import type { FlowContext } from '../run/context.js';
import { runningControlPlanes } from '../run/node-server.js';

/**
 * All that a status needs of Kubernetes in one call, at the first control plane. Undefined when it
 * cannot be had so: a kind may be missing, or that control plane may be silent. Why is for those to
 * tell who look closer.
 */
export async function lookOnce(
  ctx: FlowContext,
  state: ClusterState,
): Promise<KubernetesLook | undefined> {
  const { kubeconfig } = ctx.files;
  const running = runningControlPlanes(state);
  const [first] = running;
  if (!first || (await readTextIfExists(kubeconfig)) === undefined) return undefined;
  try {
    const call = atApiServer(lookAround(kubeconfig), apiServerOf(first));
    const look = parseLook((await ctx.run(call)).stdout);
    ctx.apiServers.use(running);
    return look;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}
