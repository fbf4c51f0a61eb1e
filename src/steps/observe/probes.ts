import type { AccessFileSeen, ClusterCertificate, NodesSeen } from '../../cluster/status/report.js';
import { anythingExists, type ClusterState } from '../../cluster/state/cluster-state.js';
import type { EtcdMemberView } from '../../cluster/talos/etcd.js';
import { oxide } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { plural } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import { kubeconfigExpiry, kubeconfigServer, talosconfigExpiry } from '../../tools/access-files.js';
import {
  getCertificates,
  getNodes,
  parseCertificates,
  parseNodes,
  getAllWorkloads,
  parseWorkloads,
  type Workload,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { listEtcd } from './etcd-members.js';
import { readMembers } from './members-and-servers.js';
import { observeWhole } from './observe.js';
import { ask, reasonOf } from './answers.js';
import { findApiServer } from './reachable-apis.js';
import { controlPlanesOf, runningControlPlanes } from '../run/node-server.js';

/** What exists of a cluster, as a status asks for it. Throws a PreconditionError when that is nothing. */
export async function observeExisting(ctx: FlowContext): Promise<ClusterState> {
  const state = await observeWhole(ctx);
  if (anythingExists(state)) return state;
  throw new PreconditionError(
    `the cluster "${ctx.config.cluster_name}" does not exist in this project`,
    `Make it: ${oxide`create`}`,
    'cluster.missing',
  );
}

/** What Kubernetes says of the nodes, through any control plane that answers. */
export async function probeNodes(
  ctx: FlowContext,
  state: ClusterState,
  io: StepIo,
): Promise<NodesSeen> {
  const { kubeconfig } = ctx.files;
  if ((await readTextIfExists(kubeconfig)) === undefined) {
    io.unmet(`there is no ${kubeconfig}`);
    return { unknown: `there is no ${kubeconfig}` };
  }
  const failure = await findApiServer(ctx, runningControlPlanes(state));
  if (failure) {
    io.unmet('no answer');
    return { unknown: reasonOf(failure) };
  }
  const answer = await ask(ctx, async () =>
    parseNodes((await ctx.run(getNodes(kubeconfig))).stdout),
  );
  if ('is' in answer) io.summary(plural(answer.is.length, 'node'));
  else io.unmet('no answer');
  return 'is' in answer ? { nodes: answer.is } : answer;
}

/** The certificates that Cilium keeps in the cluster; none when they cannot be asked for. */
export async function probeCertificates(ctx: FlowContext): Promise<readonly ClusterCertificate[]> {
  const { kubeconfig } = ctx.files;
  if ((await readTextIfExists(kubeconfig)) === undefined) return [];
  const answer = await ask(ctx, async () =>
    parseCertificates((await ctx.run(getCertificates(kubeconfig))).stdout),
  );
  return 'is' in answer ? answer.is : [];
}

/** How far what is installed has come; undefined when it cannot be asked for. */
export async function probeWorkloads(ctx: FlowContext): Promise<readonly Workload[] | undefined> {
  const answer = await ask(ctx, async () =>
    parseWorkloads((await ctx.run(getAllWorkloads(ctx.files.kubeconfig))).stdout),
  );
  return 'is' in answer ? answer.is : undefined;
}

/** The members of etcd with their servers; undefined when nobody can list them. */
export async function probeMembers(
  ctx: FlowContext,
  state: ClusterState,
): Promise<readonly EtcdMemberView[] | undefined> {
  if ((await readTextIfExists(ctx.files.talosconfig)) === undefined) return undefined;
  const running = runningControlPlanes(state);
  if (running.length === 0) return undefined;
  return readMembers(ctx, running, { nodes: controlPlanesOf(state), read: listEtcd });
}

/** What the kept access files say of themselves; those that are not there are left out. */
export async function probeAccessFiles(ctx: FlowContext): Promise<{
  readonly accessFiles: readonly AccessFileSeen[];
  /** Address of the Kubernetes API in the kubeconfig. */
  readonly endpoint: string | undefined;
}> {
  const { talosconfig, kubeconfig } = ctx.files;
  const [talosText, kubeText] = await inParallel(
    readTextIfExists(talosconfig),
    readTextIfExists(kubeconfig),
  );
  const seen = async (
    text: string | undefined,
    path: string,
    read: { remedy: string; expiry: (text: string) => Date },
  ): Promise<AccessFileSeen[]> => {
    if (text === undefined) return [];
    const ends = await ask(ctx, () => Promise.resolve(text).then(read.expiry));
    return [{ path, remedy: read.remedy, ends: 'is' in ends ? ends.is : ends }];
  };
  const server = await ask(ctx, () => Promise.resolve(kubeText ?? '').then(kubeconfigServer));
  return {
    accessFiles: [
      ...(await seen(talosText, talosconfig, {
        remedy: oxide`talosconfig`,
        expiry: talosconfigExpiry,
      })),
      ...(await seen(kubeText, kubeconfig, {
        remedy: oxide`kubeconfig`,
        expiry: kubeconfigExpiry,
      })),
    ],
    endpoint: 'is' in server ? server.is : undefined,
  };
}
