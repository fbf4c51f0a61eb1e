import { isDeepStrictEqual } from 'node:util';
import { changedDownloads } from '../../cluster/kubernetes/used-downloads.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { labelKeys } from '../../cluster/state/labels.js';
import { poolsOf } from '../../cluster/state/node-pools.js';
import {
  emptyRecord,
  recordTexts,
  type ClusterRecord,
} from '../../cluster/talos/cluster-record.js';
import { nodeSettings, settingsHash } from '../../cluster/talos/node-settings.js';
import type { StepIo } from '../../lib/step.js';
import { applyRecord } from '../../tools/kubectl.js';
import { observeCluster } from '../observe/observe.js';
import { readClusterRecord } from '../observe/known-nodes.js';
import type { FlowContext } from '../run/context.js';

/**
 * Writes down in the cluster what its nodes are made of, so that the next run knows it on any
 * machine. What no server carries any more is left out. A record that is right is not written again.
 */
export async function ensureClusterRecord(
  ctx: FlowContext,
  { digests = {} }: { readonly digests?: ClusterRecord['digests'] },
  io: StepIo,
): Promise<void> {
  const [state, found = emptyRecord] = [await observeCluster(ctx), await readClusterRecord(ctx)];
  for (const message of changedDownloads(found.digests, digests)) io.warn(message);
  const record = {
    nodes: nodesOf(ctx, state, found),
    // What came otherwise does not replace what is known: it is said until somebody has looked.
    digests: { ...digests, ...found.digests },
  };
  if (isDeepStrictEqual(record, found)) {
    io.summary('is right');
    return;
  }
  await ctx.run(applyRecord(ctx.files.kubeconfig, recordTexts(record)));
  io.summary('written');
}

function nodesOf(
  { config }: FlowContext,
  { servers }: ClusterState,
  { nodes }: ClusterRecord,
): ClusterRecord['nodes'] {
  const made = poolsOf(config).map((pool) => nodeSettings(config, pool));
  const known = { ...nodes, ...Object.fromEntries(made.map((one) => [settingsHash(one), one])) };
  const carried = new Set(servers.flatMap(({ labels }) => labels[labelKeys.configHash] ?? []));
  return Object.fromEntries(Object.entries(known).filter(([hash]) => carried.has(hash)));
}
