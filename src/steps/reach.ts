import { admits, admittedToKubernetes } from '../cluster/firewall-rules.js';
import type { ClusterState } from '../cluster/state.js';
import { OxideError, PreconditionError } from '../lib/errors.js';
import { readTextIfExists } from '../lib/files.js';
import { enumerate } from '../lib/format.js';
import type { StepIo } from '../lib/step.js';
import { together } from '../lib/together.js';
import { ownAddress } from '../tools/download.js';
import { ToolError } from '../tools/exec.js';
import { readyz } from '../tools/kubectl.js';
import { parseServerVersion, version } from '../tools/talosctl.js';
import type { FlowContext } from './context.js';
import type { NodeServer } from './servers.js';
import { targetOf } from './talos-target.js';

/** The control planes that answer, and the Talos that they run. */
export interface Reached {
  /** In the order of their indices. */
  readonly controlPlanes: readonly NodeServer[];
  /** The oldest, when they differ: `v1.13.9`. */
  readonly talos: string;
}

/**
 * Makes sure that the Kubernetes API and the Talos API of a control plane answer. Throws a
 * PreconditionError that says whether the firewall admits this machine.
 */
export async function reachCluster(
  ctx: FlowContext,
  state: ClusterState,
  io: StepIo,
): Promise<Reached> {
  for (const file of [ctx.files.kubeconfig, ctx.files.talosconfig]) {
    if ((await readTextIfExists(file)) !== undefined) continue;
    throw new PreconditionError(
      `there is no ${file}`,
      'oxide kubeconfig fetches it; oxide create finishes a half-made cluster.',
    );
  }
  try {
    await ctx.run(readyz(ctx.files.kubeconfig));
  } catch (error) {
    throw await unreachable(ctx, state, { what: 'the Kubernetes API', error });
  }
  const answers = await together(...controlPlanesOf(state).map((node) => talosOf(ctx, node)));
  const answering = answers.flatMap((answer) => ('talos' in answer ? [answer] : []));
  const [oldest] = answering.map(({ talos }) => talos).sort(byVersion);
  if (oldest === undefined) {
    const error = answers.map((answer) => ('error' in answer ? answer.error : undefined))[0];
    throw await unreachable(ctx, state, { what: 'the Talos API', error });
  }
  io.summary(`Talos ${oldest} on ${enumerate(answering.map(({ node }) => node.name))}`);
  return { controlPlanes: answering.map(({ node }) => node), talos: oldest };
}

/** The control planes that can be called, in the order of their indices. */
export function controlPlanesOf(state: ClusterState): readonly NodeServer[] {
  return state.servers
    .filter(({ role }) => role === 'control-plane')
    .flatMap((server) => {
      const { publicIpv4, privateIp } = server;
      if (publicIpv4 === undefined || privateIp === undefined) return [];
      return [{ ...server, publicIpv4, privateIp }];
    })
    .sort((a, b) => a.index - b.index);
}

async function talosOf(
  ctx: FlowContext,
  node: NodeServer,
): Promise<{ node: NodeServer; talos: string } | { error: ToolError }> {
  try {
    return { node, talos: parseServerVersion(await ctx.run(version(targetOf(ctx, node)))) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return { error };
    throw error;
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

async function unreachable(
  ctx: FlowContext,
  state: ClusterState,
  { what, error }: { what: string; error: unknown },
): Promise<unknown> {
  ctx.signal.throwIfAborted();
  if (error !== undefined && !(error instanceof ToolError)) return error;
  const why = error?.lastLine ?? 'no control plane has an address';
  return new PreconditionError(
    `${what} does not answer: ${why}\nNothing was changed.`,
    await firewallHint(ctx, state),
  );
}

/** What the firewall has to do with it: the most frequent cause is an address that has changed. */
async function firewallHint(ctx: FlowContext, state: ClusterState): Promise<string> {
  const allowed = admittedToKubernetes(state.firewall?.rules ?? []);
  const own = await publicIpv4(ctx);
  if (own === undefined || allowed.length === 0) {
    return `The firewall of the cluster admits ${allowed.length === 0 ? 'nobody' : allowed.join(', ')}. Is this machine one of them?`;
  }
  return admits(allowed, own)
    ? `The firewall admits this machine (${own}), so it is not the cause. How the servers are: oxide status`
    : `The firewall admits ${allowed.join(', ')}, and this machine is ${own} now.\n` +
        'oxide create adds it, unless hcloud.firewall.allowed_cidrs in cluster.yaml says who may.';
}

/** This machine's public IPv4 address; undefined when it cannot be found. */
export async function publicIpv4(ctx: FlowContext): Promise<string | undefined> {
  const { endpoints, clock, signal } = ctx;
  try {
    return (await ownAddress({ ipv4: endpoints.ownIpv4, ipv6: [], clock, signal })).ipv4;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}
