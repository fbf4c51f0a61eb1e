import { isDeepStrictEqual } from 'node:util';
import { changedDownloads } from '../../cluster/kubernetes/used-downloads.js';
import { clusterSelector, labelKeys } from '../../cluster/state/labels.js';
import { poolsOf } from '../../cluster/state/node-pools.js';
import {
  emptyRecord,
  recordTexts,
  type ClusterRecord,
} from '../../cluster/talos/cluster-record.js';
import { nodeSettings, settingsHash } from '../../cluster/talos/node-settings.js';
import type { ClusterConfig } from '../../config/schema.js';
import type { Server } from '../../hetzner/resources.js';
import type { StepIo } from '../../lib/step.js';
import { applyRecord } from '../../tools/kubectl.js';
import { readClusterRecord } from '../observe/known-nodes.js';
import { toServer } from '../run/api-objects.js';
import type { FlowContext } from '../run/context.js';

/** What a run has brought into the cluster, or taken out of it. */
interface News extends Partial<Pick<ClusterRecord, 'digests' | 'manifests'>> {
  /** The name of a manifest whose objects were deleted. */
  readonly forget?: string;
}

/**
 * Writes down in the cluster what its nodes are made of, so that the next run knows it on any
 * machine. What no server carries any more is left out. A record that is right is not written again.
 */
export async function ensureClusterRecord(
  ctx: FlowContext,
  { digests = {}, manifests = {}, forget }: News,
  io: StepIo,
): Promise<void> {
  const { hetzner, config } = ctx;
  const servers = await hetzner.servers(clusterSelector(config.cluster_name));
  const found = (await readClusterRecord(ctx)) ?? emptyRecord;
  for (const message of changedDownloads(found.digests, digests)) io.warn(message);
  const record = {
    nodes: nodesOf(config, servers, found),
    // What came otherwise does not replace what is known: it is said until somebody has looked.
    digests: { ...digests, ...found.digests },
    manifests: withManifests(found, manifests, forget),
  };
  if (isDeepStrictEqual(record, found)) {
    io.summary('is right');
    return;
  }
  await ctx.run(applyRecord(ctx.files.kubeconfig, recordTexts(record)));
  io.summary('written');
}

function withManifests(
  { manifests: before }: ClusterRecord,
  now: ClusterRecord['manifests'],
  forget: string | undefined,
): ClusterRecord['manifests'] {
  return Object.fromEntries(
    Object.entries({ ...before, ...now }).filter(([name]) => name !== forget),
  );
}

function nodesOf(
  config: ClusterConfig,
  servers: readonly Server[],
  { nodes }: ClusterRecord,
): ClusterRecord['nodes'] {
  const made = poolsOf(config).map((pool) => nodeSettings(config, pool));
  const known = { ...nodes, ...Object.fromEntries(made.map((one) => [settingsHash(one), one])) };
  const nodesOnly = servers.flatMap((server) => toServer(server, undefined) ?? []);
  const carried = new Set(nodesOnly.flatMap(({ labels }) => labels[labelKeys.configHash] ?? []));
  return Object.fromEntries(Object.entries(known).filter(([hash]) => carried.has(hash)));
}
