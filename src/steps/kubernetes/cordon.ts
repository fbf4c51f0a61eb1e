import { mustLeave, podNames, type PodView } from '../../cluster/kubernetes/evictions.js';
import { tool } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { ToolOutput } from '../../tools/exec.js';
import { uncordon, whyNotCordoned, type KubeNode } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** A node as Kubernetes knows it now; undefined: it does not. */
async function nodeNamed(ctx: FlowContext, name: string): Promise<KubeNode | undefined> {
  return (await ctx.observer.nodes()).find((node) => node.name === name);
}

/** The pods that a drain takes off this node. */
export async function leavingPods(ctx: FlowContext, node: string): Promise<readonly PodView[]> {
  const pods = await ctx.observer.pods();
  return pods.filter((pod) => pod.node === node && mustLeave(pod));
}

/**
 * Throws unless a drained node takes no new pods and holds none that should be gone. kubectl ends
 * with 0 also when it could not cordon; evicted pods then come back to the same node.
 */
export async function demandDrained(
  ctx: FlowContext,
  name: string,
  drained: ToolOutput,
): Promise<void> {
  const [node, pods] = await inParallel(nodeNamed(ctx, name), leavingPods(ctx, name));
  if (!node) return;
  const hint =
    'Nothing of it was reset. Correct what stands in the way; the same command drains it again.';
  if (!node.unschedulable) {
    const why = whyNotCordoned(drained, name) ?? 'somebody has uncordoned it';
    throw new OxideError(`${name} still takes pods: ${why}`, { hint });
  }
  const left = pods.filter(({ ignoresCordon }) => !ignoresCordon);
  if (left.length === 0) return;
  throw new OxideError(`${name} was drained, and pods are on it again: ${podNames(left)}`, {
    hint,
  });
}

/** Lets a node take pods again. Throws when it does not: `kubectl uncordon` ends with 0 all the same. */
export async function giveBack(ctx: FlowContext, name: string): Promise<void> {
  const { kubeconfig } = ctx.files;
  const said = await ctx.run(uncordon(kubeconfig, name));
  const node = await nodeNamed(ctx, name);
  if (!node?.unschedulable) return;
  throw new OxideError(
    `${name} takes no pods: ${whyNotCordoned(said, name) ?? 'it is cordoned again'}`,
    {
      hint: `Correct what stands in the way, then: ${tool`kubectl uncordon ${name}`}`,
    },
  );
}
