import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { controllerOf, isTrue, withCondition } from '../objects.js';
import { builtinType } from '../resources.js';
import type { KubeState } from '../state.js';
import type { KubeNode, Pod } from '../workloads.js';
import { tolerates } from './placement.js';

/** Deletes pods from nodes that are tainted NoExecute, after as long as each pod tolerates it. */
export function evictFromTainted(state: KubeState): void {
  const nodes = new Map(state.store.list('nodes').map((node) => [node.metadata.name, node]));
  for (const pod of state.store.list('pods')) {
    const node = nodes.get(pod.spec.nodeName ?? '');
    if (!node || pod.metadata.deletionTimestamp !== undefined) continue;
    if (!isTrue(node.status.conditions, 'Ready')) markUnready(state, pod);
    const current = state.store.get('pods', pod.metadata.name, pod.metadata.namespace) ?? pod;
    evictPod(state, current, node);
  }
}

function evictPod(state: KubeState, pod: Pod, node: KubeNode): void {
  const timer = `evict/${pod.metadata.uid}`;
  const patience = patienceOf(pod, node);
  if (patience === undefined) {
    state.timers.cancel(timer);
    return;
  }
  // Mirror pods belong to their kubelet, which runs them whatever the API server says.
  if (controllerOf(pod)?.kind === 'Node') return;
  state.timers.start(timer, state.now + patience * 1_000);
  if (state.timers.fires(timer, state.now)) {
    const message = `Marking for deletion Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    tell(state, pod, { by: 'taint-eviction-controller', reason: 'TaintManagerEviction', message });
    deleteObject(state, { type: builtinType('pods'), object: pod });
  }
}

/** How many seconds the pod may stay; undefined for ever. */
function patienceOf({ spec }: Pod, node: KubeNode): number | undefined {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (taints.length === 0) return undefined;
  let shortest: number | undefined;
  for (const taint of taints) {
    const bearing = (spec.tolerations ?? []).filter((item) => tolerates([item], taint));
    if (bearing.length === 0) return 0;
    const limits = bearing.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
    if (limits.length > 0) shortest = Math.min(shortest ?? Infinity, ...limits);
  }
  return shortest;
}

/** Pods of a node that was lost are not ready, whatever their kubelet said last. */
function markUnready(state: KubeState, pod: Pod): void {
  const isLost = state.kubelets.get(pod.spec.nodeName ?? '')?.alive !== true;
  if (!isLost || !isTrue(pod.status?.conditions, 'Ready')) return;
  const note = { reason: 'NodeNotReady', message: 'Node is not ready' };
  tell(state, pod, { by: 'node-controller', type: 'Warning', ...note });
  const conditions = withCondition(
    pod.status?.conditions,
    { type: 'Ready', status: 'False', reason: 'NodeNotReady' },
    state.now,
  );
  state.store.put('pods', { ...pod, status: { ...pod.status, conditions } });
}
