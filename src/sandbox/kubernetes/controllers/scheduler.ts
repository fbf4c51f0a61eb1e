import { tell } from '../events.js';
import { timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState } from '../state.js';
import { isFinished, type KubeNode, type Pod } from '../workloads.js';
import {
  bearsNeighbours,
  pinnedNode,
  portsCollide,
  untoleratedTaint,
  wantsNode,
} from './placement.js';

/** Kubernetes' default for a node. */
const podsPerNode = 110;

interface Board {
  readonly nodes: readonly KubeNode[];
  readonly byName: ReadonlyMap<string, KubeNode>;
  readonly podsOn: Map<string, Pod[]>;
}

/** Gives pods their nodes: the least used one that accepts them, or says why there is none. */
export function schedulePods(state: KubeState): void {
  const pods = state.store.list('pods');
  const waiting = pods.filter(
    ({ spec, metadata }) => spec.nodeName === undefined && metadata.deletionTimestamp === undefined,
  );
  if (waiting.length === 0) return;
  const nodes = state.store.list('nodes');
  const board: Board = {
    nodes,
    byName: new Map(nodes.map((node) => [node.metadata.name, node])),
    podsOn: new Map(nodes.map((node) => [node.metadata.name, []])),
  };
  for (const pod of pods) {
    if (!isFinished(pod)) board.podsOn.get(pod.spec.nodeName ?? '')?.push(pod);
  }
  for (const pod of waiting) schedule(state, pod, board);
}

function schedule(state: KubeState, pod: Pod, board: Board): void {
  const pinned = pinnedNode(pod.spec);
  const candidates = pinned === undefined ? board.nodes : [board.byName.get(pinned)].filter(isNode);
  const refusals = new Map<string, number>();
  let best: KubeNode | undefined;
  for (const node of candidates) {
    const why = refusal(pod, node, board);
    if (why !== undefined) refusals.set(why, (refusals.get(why) ?? 0) + 1);
    else if (!best || load(board, node) < load(board, best)) best = node;
  }
  if (best) bind(state, { pod, node: best, board });
  else markUnschedulable(state, pod, unschedulableMessage(candidates.length, refusals));
}

function isNode(node: KubeNode | undefined): node is KubeNode {
  return node !== undefined;
}

function load({ podsOn }: Board, node: KubeNode): number {
  return podsOn.get(node.metadata.name)?.length ?? 0;
}

function refusal(pod: Pod, node: KubeNode, board: Board): string | undefined {
  if (node.spec.unschedulable === true && untoleratedTaint(node, pod.spec.tolerations)) {
    return 'node(s) were unschedulable';
  }
  const taint = untoleratedTaint(node, pod.spec.tolerations);
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!wantsNode(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  const present = board.podsOn.get(node.metadata.name) ?? [];
  if (present.length >= podsPerNode) return 'Too many pods';
  if (portsCollide(pod, present))
    return "node(s) didn't have free ports for the requested pod ports";
  return bearsNeighbours(pod, node, board)
    ? undefined
    : "node(s) didn't match pod affinity/anti-affinity rules";
}

function bind(
  state: KubeState,
  { pod, node, board }: { pod: Pod; node: KubeNode; board: Board },
): void {
  const { name } = node.metadata;
  const scheduled: Condition = { type: 'PodScheduled', status: 'True' };
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
  board.podsOn.get(name)?.push(bound);
  const message = `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${name}`;
  tell(state, bound, { by: 'default-scheduler', reason: 'Scheduled', message });
}

function withoutReason({ type, status, lastTransitionTime = '' }: Condition): Condition {
  return { type, status, lastTransitionTime };
}

function markUnschedulable(state: KubeState, pod: Pod, message: string): void {
  const condition: Condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
  };
  const conditions = withCondition(pod.status?.conditions, condition, state.now);
  state.store.put('pods', { ...pod, status: { ...pod.status, phase: 'Pending', conditions } });
  const note = { by: 'default-scheduler', reason: 'FailedScheduling', message } as const;
  tell(state, pod, { ...note, type: 'Warning' });
}

function unschedulableMessage(nodes: number, refusals: ReadonlyMap<string, number>): string {
  const texts = [...refusals].map(([why, count]) => `${count} ${why}`).sort();
  const reasons = texts.length > 0 ? `: ${texts.join(', ')}` : '';
  return `0/${nodes} nodes are available${reasons}.`;
}
