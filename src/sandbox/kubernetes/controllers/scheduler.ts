import { tell } from '../events.js';
import { timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState } from '../state.js';
import type { KubeNode, Pod } from '../workloads.js';
import { awaitsVolumes, claimRefusal } from './claims.js';
import { pinnedNode } from './placement.js';
import { NodeBoard, type Refusal } from './scheduler-board.js';
import { assumedNode, assumeNode, volumeFit } from './storage/fit.js';

/** Gives pods their nodes: the one that suits them best, or says why there is none. */
export function schedulePods(state: KubeState): void {
  const pods = state.store.list('pods');
  const waiting = pods.filter(
    ({ spec, metadata }) => spec.nodeName === undefined && metadata.deletionTimestamp === undefined,
  );
  if (waiting.length === 0) return;
  const board = new NodeBoard(state.store.list('nodes'), pods);
  for (const pod of waiting) schedule(state, pod, board);
}

function schedule(state: KubeState, pod: Pod, board: NodeBoard): void {
  const missing = claimRefusal(state, pod);
  if (missing !== undefined) {
    const message = `0/${board.nodes.length} nodes are available: ${missing}. not found`;
    markUnschedulable(state, pod, message);
    return;
  }
  const pinned = pinnedNode(pod.spec);
  const candidates =
    pinned === undefined
      ? board.nodes
      : board.nodes.filter(({ metadata }) => metadata.name === pinned);
  const refusals: Refusal[] = [];
  const fits = volumeFit(state, pod);
  const fitting = candidates.filter((node) => {
    const refusal = board.refusal(pod, node) ?? fits(node);
    if (refusal) refusals.push(refusal);
    return !refusal;
  });
  // The volumes of a pod are made for the node that was chosen for it.
  const assumed = assumedNode(state, pod);
  const chosen = fitting.find(({ metadata }) => metadata.name === assumed);
  const best = chosen ?? board.best(pod, fitting);
  if (best && awaitsVolumes(state, pod, best)) {
    assumeNode(state, pod, best.metadata.name);
    return;
  }
  assumeNode(state, pod, undefined);
  if (best) bind(state, { pod, node: best, board });
  else markUnschedulable(state, pod, unschedulableMessage(state, candidates.length, refusals));
}

function bind(
  state: KubeState,
  { pod, node, board }: { pod: Pod; node: KubeNode; board: NodeBoard },
): void {
  const { name } = node.metadata;
  const scheduled: Condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null };
  const bound = state.store.put<Pod>('pods', {
    ...pod,
    spec: { ...pod.spec, nodeName: name },
    status: {
      ...pod.status,
      phase: 'Pending',
      startTime: timestamp(state.now),
      conditions: withCondition(pod.status?.conditions, scheduled, state.now).map(withoutReason),
    },
  });
  board.place(bound);
  const message = `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${name}`;
  tell(state, bound, { by: 'default-scheduler', reason: 'Scheduled', message });
}

function withoutReason({ type, status, lastTransitionTime = '' }: Condition): Condition {
  return { type, status, lastProbeTime: null, lastTransitionTime };
}

function markUnschedulable(state: KubeState, pod: Pod, message: string): void {
  const condition: Condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastProbeTime: null,
  };
  const conditions = withCondition(pod.status?.conditions, condition, state.now);
  state.store.put('pods', { ...pod, status: { ...pod.status, phase: 'Pending', conditions } });
  const note = { by: 'default-scheduler', reason: 'FailedScheduling', message } as const;
  tell(state, pod, { ...note, type: 'Warning' });
}

/** As kube-scheduler 1.34 says it; what preemption says follows the reasons. */
function unschedulableMessage(
  state: KubeState,
  nodes: number,
  refusals: readonly Refusal[],
): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const reasons = counted(refusals.flatMap(({ reasons }) => reasons));
  const why = counted(
    refusals.map(({ isFinal }) =>
      isFinal
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  );
  const [, minor = '0'] = state.options.kubernetesVersion.split('.');
  const claims = Number(minor) >= 34 ? 'no new claims to deallocate, ' : '';
  return `0/${nodes} nodes are available: ${reasons}. ${claims}preemption: 0/${nodes} nodes are available: ${why}.`;
}

function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .map(([text, count]) => `${count} ${text}`)
    .sort()
    .join(', ');
}
