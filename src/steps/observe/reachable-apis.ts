import { inParallel } from '../../lib/parallel.js';
import { atApiServer } from '../../tools/api-server.js';
import { ToolError } from '../../tools/exec.js';
import { readyz } from '../../tools/kubectl.js';
import { apiServerOf } from '../run/api-servers.js';
import type { FlowContext } from '../run/context.js';
import { lookMs } from './short-looks.js';

interface Addressed {
  readonly publicIpv4: string;
}

/** Which Kubernetes APIs answer. */
export interface ReachableApis<S extends Addressed> {
  readonly answering: readonly S[];
  /** What the first of the others said; undefined when all answer. */
  readonly failure: ToolError | undefined;
}

/**
 * Asks the Kubernetes API of every control plane, at its own address, whether it is ready. The run
 * speaks to the first that is; one look serves it to its end. When none answers, all may be tried.
 */
export async function chooseApiServer<S extends Addressed>(
  ctx: FlowContext,
  controlPlanes: readonly S[],
): Promise<ReachableApis<S>> {
  const failures = await inParallel(...controlPlanes.map((node) => failureOf(ctx, node)));
  const answering = controlPlanes.filter((_, i) => failures[i] === undefined);
  const silent = controlPlanes.filter((node) => !answering.includes(node));
  ctx.apiServers.use([...answering, ...silent]);
  return { answering, failure: failures.find((failure) => failure !== undefined) };
}

/**
 * Leads the run to a control plane whose Kubernetes API answers: to the first of them, and only when that
 * is silent to another one. Returns why none answers; undefined when one does.
 */
export async function findApiServer(
  ctx: FlowContext,
  controlPlanes: readonly Addressed[],
): Promise<ToolError | undefined> {
  const [first, ...others] = controlPlanes;
  const failure = first && (await failureOf(ctx, first));
  const { answering } = failure ? await chooseApiServer(ctx, others) : { answering: [] };
  if (first && answering.length === 0) ctx.apiServers.use(controlPlanes);
  return answering.length === 0 ? failure : undefined;
}

/** Why a control plane's own Kubernetes API is not ready; undefined when it is. */
export async function failureOf(ctx: FlowContext, node: Addressed): Promise<ToolError | undefined> {
  try {
    const call = { ...readyz(ctx.files.kubeconfig), timeoutMs: lookMs };
    await ctx.run(atApiServer(call, apiServerOf(node)));
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return error;
    throw error;
  }
}
