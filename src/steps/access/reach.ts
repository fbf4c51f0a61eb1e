import { controlPlanesOf, type NodeServer } from '../run/node-server.js';
import { admittedRanges } from '../../cluster/network/api-access.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { oxide } from '../../lib/commands.js';
import { ExitCode, OxideError, PreconditionError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { enumerateNames } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import { ToolError } from '../../tools/exec.js';
import { parseServerVersion, version } from '../../tools/talosctl.js';
import { chooseApiServer } from '../observe/reachable-apis.js';
import type { FlowContext } from '../run/context.js';
import type { OwnAddresses } from './own-address.js';
import { targetOf } from '../run/talos-target.js';

/** The control planes that answer, and the Talos that they run. */
export interface Reached {
  /** In the order of their indices. */
  readonly controlPlanes: readonly NodeServer[];
  /** Those whose Kubernetes API answers. */
  readonly apis: readonly NodeServer[];
  /** The oldest, when they differ: `v1.13.9`. */
  readonly talos: string;
}

interface Reachable {
  readonly state: ClusterState;
  readonly own: OwnAddresses;
}

/**
 * Makes sure that the Kubernetes API and the Talos API of a control plane answer. Throws a
 * PreconditionError that says whether the firewall admits this machine.
 */
export async function reachCluster(
  ctx: FlowContext,
  reachable: Reachable,
  io: StepIo,
): Promise<Reached> {
  await demandFiles([ctx.files.kubeconfig, ctx.files.talosconfig]);
  const hint = unreachableHint(reachable);
  const candidates = controlPlanesOf(reachable.state).filter(({ status }) => status === 'running');
  const apis = await answeringApis(ctx, candidates, hint);
  const answers = await inParallel(...candidates.map((node) => talosOf(ctx, node)));
  const answering = answers.flatMap((answer) => ('talos' in answer ? [answer] : []));
  const [oldest] = answering.map(({ talos }) => talos).sort(byVersion);
  if (oldest === undefined) {
    const error = answers.map((answer) => ('error' in answer ? answer.error : undefined))[0];
    throw unreachable(ctx, { what: 'the Talos API', error, hint });
  }
  const said = `Talos ${oldest} on ${enumerateNames(answering.map(({ node }) => node.name))}`;
  if (answering.length === candidates.length) io.summary(said);
  else io.unmet(`${said} only`);
  return { controlPlanes: answering.map(({ node }) => node), apis, talos: oldest };
}

/** The same for what has to do with Kubernetes only. */
export async function reachKubernetes(
  ctx: FlowContext,
  reachable: Reachable,
  io: StepIo,
): Promise<void> {
  await demandFiles([ctx.files.kubeconfig]);
  const candidates = controlPlanesOf(reachable.state).filter(({ status }) => status === 'running');
  const [first] = await answeringApis(ctx, candidates, unreachableHint(reachable));
  io.summary(`through ${first?.name ?? 'nobody'}`);
}

async function demandFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if ((await readTextIfExists(file)) !== undefined) continue;
    throw new PreconditionError(
      `there is no ${file}`,
      `${oxide`kubeconfig`} fetches it; ${oxide`create`} finishes a half-made cluster.`,
    );
  }
}

async function answeringApis(
  ctx: FlowContext,
  candidates: readonly NodeServer[],
  hint: string,
): Promise<readonly NodeServer[]> {
  const { answering, failure } = await chooseApiServer(ctx, candidates);
  if (answering.length > 0) return answering;
  throw unreachable(ctx, { what: 'the Kubernetes API', error: failure, hint });
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

function unreachable(
  ctx: FlowContext,
  { what, error, hint }: { what: string; error: unknown; hint: string },
): unknown {
  ctx.signal.throwIfAborted();
  if (error !== undefined && !(error instanceof ToolError)) return error;
  const why = error?.reason ?? 'no control plane has an address';
  const { connection } = error ?? {};
  return new OxideError(`${what} does not answer: ${why}\nNothing was changed.`, {
    exitCode: ExitCode.precondition,
    errorCode: 'cluster.unreachable',
    hint: connection?.prospect === 'never' ? connection.hint : hint,
    cause: error,
  });
}

/** What the firewall has to do with it: a machine that it keeps out does not come this far. */
function unreachableHint({ state: { firewall }, own: { ipv4 } }: Reachable): string {
  const servers = `How the servers are: ${oxide`status`}`;
  if (firewall && ipv4 !== undefined) {
    return `The firewall admits this machine (${ipv4}), so it is not the cause. ${servers}`;
  }
  const ranges = admittedRanges(firewall?.rules ?? []).join(', ') || 'nobody';
  return `The firewall of the cluster admits ${ranges}. Is this machine one of them? ${servers}`;
}
