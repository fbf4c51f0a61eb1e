import { join } from 'node:path';
import { isBalanced } from '../../cluster/network/api-endpoint.js';
import { clusterEndpoint } from '../../cluster/talos/machine-config.js';
import { certificateWarningMs } from '../../cluster/status/problems.js';
import { configContract } from '../../cluster/talos/versions.js';
import { oxide } from '../../lib/commands.js';
import {
  readMadeText,
  readTextIfExists,
  withScratchFolder,
  writePrivateFile,
  writeScratchFile,
} from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, wallClock, type Probe } from '../../lib/wait.js';
import {
  adaptKubeconfig,
  adaptTalosconfig,
  caFingerprint,
  kubeconfigExpiry,
  talosconfigExpiry,
  talosconfigFingerprint,
  type KubeconfigWish,
  type TalosconfigWish,
} from '../../tools/access-files.js';
import { genConfig, kubeconfig } from '../../tools/talosctl.js';
import { ClusterFiles, type FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { apiServerOf } from '../run/api-servers.js';
import { targetOf } from '../run/talos-target.js';
import { askTalos, waitOptions, type Ask } from '../run/waiting.js';

/**
 * Writes the talosconfig: all control planes as endpoints, the first one as the node. A kept client
 * certificate stays, but for one that ends soon and for one of other secrets.
 */
export async function writeTalosconfig(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const kept = await readTextIfExists(ctx.files.talosconfig);
  if (kept === undefined || !(await isOwn(ctx, kept)) || endsSoon(talosconfigExpiry(kept))) {
    await renewTalosconfig(ctx, controlPlanes);
    return;
  }
  const text = adaptTalosconfig(kept, talosconfigWish(ctx, controlPlanes));
  if (text !== kept) await writePrivateFile(ctx.files.talosconfig, text);
}

/**
 * Does what needs the Talos API while the talosconfig of the output folder may be missing, ended or
 * of other secrets: then with one that is made for this alone. A look writes nothing that is kept.
 */
export async function withTalosAccess<T>(
  ctx: FlowContext,
  look: (ctx: FlowContext) => Promise<T>,
): Promise<T> {
  const { files } = ctx;
  const kept = await readTextIfExists(files.talosconfig);
  const isGood = kept !== undefined && (await isOwn(ctx, kept)) && !hasEnded(kept);
  if (isGood) return look(ctx);
  return withScratchFolder(files.folder, async (scratch) => {
    const talosconfig = join(scratch, 'own-talosconfig');
    await writeScratchFile(talosconfig, await makeTalosconfig(ctx));
    return look({ ...ctx, files: new ClusterFiles(files.folder, { talosconfig }) });
  });
}

function hasEnded(talosconfig: string): boolean {
  return talosconfigExpiry(talosconfig).getTime() <= wallClock();
}

/** Whether a talosconfig is of the cluster's secrets: an earlier cluster may have left its own. */
async function isOwn({ files }: FlowContext, talosconfig: string): Promise<boolean> {
  const secrets = await readTextIfExists(files.secrets);
  return secrets !== undefined && caFingerprint(secrets) === talosconfigFingerprint(talosconfig);
}

/** Writes the talosconfig with a new client certificate, made from the cluster's secrets: it lasts a year. */
export async function renewTalosconfig(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const text = adaptTalosconfig(await makeTalosconfig(ctx), talosconfigWish(ctx, controlPlanes));
  await writePrivateFile(ctx.files.talosconfig, text);
}

function talosconfigWish(
  { config, apiServers }: FlowContext,
  controlPlanes: readonly NodeServer[],
): TalosconfigWish {
  const endpoints = controlPlanes.map(({ publicIpv4 }) => publicIpv4);
  const { published } = apiServers;
  if (published === undefined) {
    return { context: config.cluster_name, endpoints, nodes: endpoints.slice(0, 1) };
  }
  // Any of them may take the call and pass it on, which the firewall lets them do privately only.
  const nodes = controlPlanes.map(({ privateIp }) => privateIp).slice(0, 1);
  return { context: config.cluster_name, endpoints: [published], nodes };
}

function endsSoon(end: Date): boolean {
  return end.getTime() - wallClock() <= certificateWarningMs;
}

async function makeTalosconfig(ctx: FlowContext): Promise<string> {
  const { config, files, run } = ctx;
  return withScratchFolder(files.folder, async (scratch) => {
    const output = join(scratch, 'talosconfig');
    await run(
      genConfig({
        cluster: config.cluster_name,
        endpoint: clusterEndpoint(config),
        secrets: files.secrets,
        outputType: 'talosconfig',
        output,
        contract: configContract(config.talos.version),
        kubernetesVersion: config.talos.kubernetes_version,
        patchFiles: [],
        additionalSans: [],
      }),
    );
    return readMadeText(output, 'talosctl gen config');
  });
}

/**
 * Writes the kubeconfig: the cluster as its administrator, at the first control plane's public
 * address, the load balancer's or `talos.cluster_endpoint`. One that leads there already stays as it is, but for one
 * whose client certificate ends soon. Returns the address.
 */
export async function writeKubeconfig(
  ctx: FlowContext,
  way: KubeconfigWay & { readonly first: NodeServer },
  io: StepIo,
): Promise<string> {
  const { files } = ctx;
  const kept = await readTextIfExists(files.kubeconfig);
  const wish = kubeconfigWish(ctx, way.first, way.all);
  const leadsThere = kept !== undefined && adaptKubeconfig(kept, wish) === kept;
  if (!leadsThere || endsSoon(kubeconfigExpiry(kept))) {
    return renewKubeconfig(ctx, way, io);
  }
  io.summary(`kept, ${files.kubeconfig}`);
  return wish.server;
}

/** Where a kubeconfig comes from, and where it leads. */
export interface KubeconfigWay {
  /** Any of them makes it: the first that answers. */
  readonly from: readonly NodeServer[];
  /** Where it leads to, unless cluster.yaml names an endpoint; the one that made it when undefined. */
  readonly first?: NodeServer;
  /** The control planes that users may go to as well, where none of them is the cluster's endpoint. */
  readonly all: readonly NodeServer[];
}

/** Writes the kubeconfig with a new client certificate, which a control plane makes. */
export async function renewKubeconfig(
  ctx: FlowContext,
  { from, first, all }: KubeconfigWay,
  io: StepIo,
): Promise<string> {
  const { files } = ctx;
  const ask = askTalos(ctx);
  let tries = 0;
  const { node, text } = await waitFor(
    'the kubeconfig',
    () => fetchKubeconfig(ctx, from[tries++ % from.length], ask),
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.kubernetes,
      hint: `Whether the firewall admits this machine, and how the servers are: ${oxide`status`}`,
    }),
  );
  const wish = kubeconfigWish(ctx, first ?? node, all);
  await writePrivateFile(files.kubeconfig, adaptKubeconfig(text, wish));
  io.summary(files.kubeconfig);
  return wish.server;
}

function kubeconfigWish(
  { config, endpoints, apiServers }: FlowContext,
  first: NodeServer,
  all: readonly NodeServer[],
): KubeconfigWish {
  const { published } = apiServers;
  const { cluster_endpoint: name } = config.talos;
  const isClosed = isBalanced(config) && published === undefined && name === undefined;
  const others = isClosed ? all.filter(({ id }) => id !== first.id) : [];
  const own = published === undefined ? first : { publicIpv4: published };
  return {
    context: config.cluster_name,
    server: name ?? apiServerOf(own),
    proxyUrl: endpoints.nodeProxy,
    others: others.map((node) => ({ name: node.name, server: apiServerOf(node) })),
  };
}

async function fetchKubeconfig(
  ctx: FlowContext,
  node: NodeServer | undefined,
  ask: Ask,
): Promise<Probe<{ readonly node: NodeServer; readonly text: string }>> {
  const { files, run } = ctx;
  if (!node) throw new Error('a kubeconfig comes from a control plane');
  return withScratchFolder(files.folder, async (scratch) => {
    const file = join(scratch, 'kubeconfig');
    return ask(async () => {
      await run(kubeconfig(targetOf(ctx, node), file));
      return { node, text: await readMadeText(file, 'talosctl kubeconfig') };
    });
  });
}
