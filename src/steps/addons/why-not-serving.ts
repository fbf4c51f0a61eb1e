import { OxideError } from '../../lib/errors.js';
import { getPodsIn, parsePodTroubles, previousLogs, type PodTrouble } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

interface Serving {
  readonly namespace: string;
  readonly workloads: readonly string[];
}

/**
 * Why pods of these workloads do not serve, with the last words of a container that crashed; undefined
 * when nothing is wrong with the pods that there are, or they cannot be asked for.
 */
export async function whyNotServing(
  ctx: FlowContext,
  { namespace, workloads }: Serving,
): Promise<string | undefined> {
  const { run, files } = ctx;
  const stdout = await unlessSilent(ctx, () => run(getPodsIn(files.kubeconfig, namespace)));
  if (stdout === undefined) return undefined;
  const troubles = parsePodTroubles(stdout, workloads);
  // Which crashed says more than which waits for it.
  const told = troubles.find(({ crashed }) => crashed !== undefined) ?? troubles[0];
  if (!told) return undefined;
  const last = await lastWords(ctx, namespace, told);
  return [`pod ${told.pod}: ${told.reason}`, ...(last === undefined ? [] : [last])].join('; ');
}

async function lastWords(
  ctx: FlowContext,
  namespace: string,
  { pod, crashed: container }: PodTrouble,
): Promise<string | undefined> {
  if (container === undefined) return undefined;
  const where = { namespace, pod, container };
  const logs = await unlessSilent(ctx, () => ctx.run(previousLogs(ctx.files.kubeconfig, where)));
  const line = logs?.trim().split('\n').at(-1)?.trim();
  return line ? `its last words: ${line}` : undefined;
}

/** What a tool printed; undefined when it failed: a reason that cannot be found is left out. */
async function unlessSilent(
  ctx: FlowContext,
  call: () => Promise<{ readonly stdout: string }>,
): Promise<string | undefined> {
  try {
    return (await call()).stdout;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}
