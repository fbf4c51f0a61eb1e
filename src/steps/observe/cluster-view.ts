import type { ClusterView } from '../../cluster/plan/scale/scale-input.js';
import { oxide } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import {
  getBudgets,
  getNodes,
  getPersistentVolumes,
  getPods,
  parseBudgets,
  parseLocalClaims,
  parseNodes,
  parsePodsToEvict,
  parseVolumeIds,
  type KubeNode,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { readEtcd } from './etcd-members.js';
import { withServers } from './members-and-servers.js';
import type { NodeServer } from '../run/node-server.js';

/** What the running cluster says of its nodes, pods, budgets and etcd members. */
export async function viewCluster(
  ctx: FlowContext,
  { talos, controlPlanes }: { talos: string; controlPlanes: readonly NodeServer[] },
): Promise<ClusterView> {
  const { kubeconfig } = ctx.files;
  const read = async (invocation: ReturnType<typeof getNodes>) =>
    (await ctx.run(invocation)).stdout;
  const [nodes, pods, budgets, volumes, etcd] = await inParallel(
    read(getNodes(kubeconfig)).then(parseNodes),
    read(getPods(kubeconfig)),
    read(getBudgets(kubeconfig)).then(parseBudgets),
    read(getPersistentVolumes(kubeconfig)),
    readEtcd(ctx, controlPlanes).then((members) => withServers(ctx, members, controlPlanes)),
  );
  return {
    versions: { talos, kubernetes: kubernetesVersion(nodes) },
    nodes,
    pods: parsePodsToEvict(pods, parseLocalClaims(volumes)),
    budgets,
    etcd,
    csiVolumeIds: parseVolumeIds(volumes),
  };
}

/** The oldest that a control plane runs: no kubelet may be newer than an API server. */
function kubernetesVersion(nodes: readonly KubeNode[]): string {
  const [oldest] = nodes
    .filter(({ role }) => role === 'control-plane')
    .map(({ kubeletVersion }) => kubeletVersion.replace(/^v/, ''))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (oldest !== undefined) return oldest;
  throw new PreconditionError(
    'Kubernetes knows no control plane of this cluster',
    `${oxide`create`} finishes a half-made cluster.`,
  );
}
