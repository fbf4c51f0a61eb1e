import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { labelKeys } from '../../cluster/state/labels.js';
import { readRecord, type ClusterRecord } from '../../cluster/talos/cluster-record.js';
import type { KnownOfNode } from '../../cluster/talos/found-settings.js';
import { OxideError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { inParallel } from '../../lib/parallel.js';
import { ToolError } from '../../tools/exec.js';
import {
  getRecord,
  parseConfigMap,
  record as clusterRecord,
  type KubeNode,
  type KubernetesLook,
} from '../../tools/kubectl.js';
import {
  getMachineConfigs,
  parseMachineConfigs,
  type MachineConfigFacts,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import { controlPlanesOf, type NodeServer } from '../run/node-server.js';

/** What is known of what the nodes are made of. */
export interface KnownNodes {
  /** Undefined: there is none yet, or Kubernetes does not answer. */
  readonly record: ClusterRecord | undefined;
  /** By the id of the server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
}

/** What Kubernetes tells of the versions of a node. */
type NodeVersions = Pick<KubeNode, 'internalIp'> &
  Partial<Pick<KubeNode, 'kubeletVersion' | 'talosVersion'>>;

interface Asked {
  readonly state: ClusterState;
  /** The nodes as Kubernetes has them; empty when it does not answer. */
  readonly nodes: readonly NodeVersions[];
  /** What a look at Kubernetes has told already. */
  readonly look?: KubernetesLook | undefined;
  /** The control planes through which Talos may be asked; all unless told. */
  readonly through?: readonly NodeServer[];
}

/**
 * What each node was made of: its machine configuration where Talos answers, and what the cluster
 * keeps of it. What does not answer is not known, which is no error: nothing is changed by it.
 */
export async function observeKnownNodes(ctx: FlowContext, asked: Asked): Promise<KnownNodes> {
  const { state, nodes, through = controlPlanesOf(state) } = asked;
  const [record, configurations] = await inParallel(
    recordOf(ctx, asked),
    readConfigurations(ctx, state, through),
  );
  const known = state.servers.map((server): [number, KnownOfNode] => {
    const { id, privateIp, labels } = server;
    const node = nodes.find(
      ({ internalIp }) => internalIp !== undefined && internalIp === privateIp,
    );
    const hash = labels[labelKeys.configHash];
    return [
      id,
      {
        recorded: hash === undefined ? undefined : record?.nodes[hash],
        configuration: configurations.find((one) => one.node === privateIp),
        running: {
          talos: node?.talosVersion,
          kubernetes: node?.kubeletVersion?.replace(/^v/, '') || undefined,
        },
      },
    ];
  });
  return { record, known: new Map(known) };
}

async function recordOf(
  ctx: FlowContext,
  { look, nodes }: Asked,
): Promise<ClusterRecord | undefined> {
  if (!look) return nodes.length > 0 ? readClusterRecord(ctx) : undefined;
  const texts = look.records.get(clusterRecord.name);
  return texts && readRecord(texts);
}

/** What the cluster keeps of what it was brought to; undefined when there is none. */
export async function readClusterRecord(ctx: FlowContext): Promise<ClusterRecord | undefined> {
  const text = await orNothing(
    ctx,
    async () => (await ctx.run(getRecord(ctx.files.kubeconfig))).stdout,
  );
  return text === undefined ? undefined : readRecord(parseConfigMap(text));
}

/** One call for all nodes: whoever answers is in what it printed, also when others do not. */
async function readConfigurations(
  ctx: FlowContext,
  state: ClusterState,
  through: readonly NodeServer[],
): Promise<readonly MachineConfigFacts[]> {
  const { talosconfig } = ctx.files;
  const nodes = state.servers
    .filter(({ status }) => status === 'running')
    .flatMap(({ privateIp }) => privateIp ?? []);
  if (nodes.length === 0 || (await readTextIfExists(talosconfig)) === undefined) return [];
  for (const { publicIpv4, status } of through) {
    if (status !== 'running') continue;
    const found = parseMachineConfigs(await printed(ctx, publicIpv4, nodes));
    if (found.length > 0) return found;
  }
  return [];
}

async function printed(
  ctx: FlowContext,
  endpoint: string,
  nodes: readonly string[],
): Promise<string> {
  try {
    const { talosconfig } = ctx.files;
    return (await ctx.run(getMachineConfigs({ talosconfig, endpoint }, nodes))).stdout;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return error.failure.stdout;
    throw error;
  }
}

async function orNothing<T>(ctx: FlowContext, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}
