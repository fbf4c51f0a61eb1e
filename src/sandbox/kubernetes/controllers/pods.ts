import { addressAt, ipv4Range } from '../ip-ranges.js';
import { durationOf } from '../../timings.js';
import { stopTimer } from '../deletes.js';
import { timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState } from '../state.js';
import { isFinished, type KubeContainerStatus, type KubeNode, type Pod } from '../workloads.js';
import { isCiliumAgent } from './nodes.js';

/** What kubelets do: start the pods of their nodes, run them, and stop those being deleted. */
export function runPods(state: KubeState): void {
  const nodes = new Map(state.store.list('nodes').map((node) => [node.metadata.name, node]));
  const addresses = new PodAddresses(state);
  for (const pod of state.store.list('pods')) {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) continue;
    const node = nodes.get(nodeName);
    if (!node) {
      // The pod garbage collector: nobody will ever say that this pod has stopped.
      state.store.remove('pods', pod);
      continue;
    }
    // The kubelet of a dead node does nothing, and nobody else may.
    if (state.kubelets.get(nodeName)?.alive !== true) continue;
    runPod(state, pod, { node, addresses });
  }
}

interface Host {
  readonly node: KubeNode;
  readonly addresses: PodAddresses;
}

function runPod(state: KubeState, pod: Pod, host: Host): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    stop(state, pod);
    return;
  }
  if (isFinished(pod)) return;
  const timer = `start/${pod.metadata.uid}`;
  if (pod.status?.phase === 'Running') {
    refresh(state, pod, host.node);
    return;
  }
  if (state.timers.fires(timer, state.now)) {
    run(state, pod, host);
    return;
  }
  if (state.timers.isRunning(timer)) return;
  markCreating(state, pod, host.node);
  if (!canStart(state, pod)) return;
  const duration = durationOf(isCiliumAgent(pod) ? 'ciliumAgent' : 'podStart');
  state.timers.start(timer, state.now + duration);
}

function stop(state: KubeState, pod: Pod): void {
  const timer = stopTimer(pod);
  // A pod whose node was dead when it was deleted stops now that its kubelet is back.
  if (!state.timers.isRunning(timer)) {
    state.timers.start(timer, state.now + durationOf('podStop'));
  }
  if (!state.timers.fires(timer, state.now)) return;
  state.timers.cancel(`start/${pod.metadata.uid}`);
  if ((pod.metadata.finalizers ?? []).length === 0) state.store.remove('pods', pod);
}

/** A pod of its own network needs the node's CNI; volumes need what they are made of. */
function canStart(state: KubeState, { spec, metadata }: Pod): boolean {
  const kubelet = state.kubelets.get(spec.nodeName ?? '');
  if (spec.hostNetwork !== true && kubelet?.hasCni !== true) return false;
  const exists = (resource: string, name: string | undefined, optional = false): boolean =>
    name === undefined ||
    optional ||
    state.store.get(resource, name, metadata.namespace) !== undefined;
  return (spec.volumes ?? []).every(
    ({ configMap, secret }) =>
      exists('configmaps', configMap?.name, configMap?.optional) &&
      exists('secrets', secret?.secretName, secret?.optional),
  );
}

function markCreating(state: KubeState, pod: Pod, node: KubeNode): void {
  if (pod.status?.containerStatuses) return;
  const waiting = { waiting: { reason: 'ContainerCreating' } };
  const conditions = podConditions(pod, { ready: false, now: state.now });
  state.store.put('pods', {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Pending',
      hostIP: hostAddress(node),
      conditions,
      containerStatuses: containerStatuses(pod, { ready: false, state: waiting }),
    },
  });
}

function run(state: KubeState, pod: Pod, { node, addresses }: Host): void {
  const startedAt = timestamp(state.now);
  const isTask =
    pod.spec.restartPolicy !== 'Always' && pod.metadata.ownerReferences?.[0]?.kind === 'Job';
  const ready = !isTask && isServing(pod, node);
  const hostIP = hostAddress(node);
  const podIP = pod.spec.hostNetwork === true ? hostIP : addresses.next(node);
  const ended = {
    terminated: { reason: 'Completed', exitCode: 0, startedAt, finishedAt: startedAt },
  };
  state.store.put('pods', {
    ...pod,
    status: {
      ...pod.status,
      phase: isTask ? 'Succeeded' : 'Running',
      hostIP,
      podIP,
      podIPs: [{ ip: podIP }],
      conditions: podConditions(pod, { ready, now: state.now }),
      containerStatuses: containerStatuses(pod, {
        ready,
        state: isTask ? ended : { running: { startedAt } },
      }),
    },
  });
}

/** The readiness of a running pod follows its node: the node controller marks those of lost nodes. */
function refresh(state: KubeState, pod: Pod, node: KubeNode): void {
  const ready = isServing(pod, node);
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  if ((condition?.status === 'True') === ready) return;
  state.store.put('pods', {
    ...pod,
    status: {
      ...pod.status,
      conditions: podConditions(pod, { ready, now: state.now }),
      containerStatuses: (pod.status?.containerStatuses ?? []).map((item) => ({ ...item, ready })),
    },
  });
}

// Cilium's agent waits for the pod range of its node (k8s.requireIPv4PodCIDR).
function isServing(pod: Pod, node: KubeNode): boolean {
  return !isCiliumAgent(pod) || node.spec.podCIDR !== undefined;
}

function podConditions(
  pod: Pod,
  { ready, now }: { readonly ready: boolean; readonly now: number },
): Condition[] {
  const status = ready ? 'True' : 'False';
  const reason = ready ? {} : { reason: 'ContainersNotReady' };
  let conditions: readonly Condition[] = pod.status?.conditions ?? [];
  conditions = withCondition(conditions, { type: 'Initialized', status: 'True' }, now);
  conditions = withCondition(conditions, { type: 'ContainersReady', status, ...reason }, now);
  return withCondition(conditions, { type: 'Ready', status, ...reason }, now);
}

function containerStatuses(
  { spec }: Pod,
  { ready, state }: Pick<KubeContainerStatus, 'ready' | 'state'>,
): KubeContainerStatus[] {
  const started = ready;
  return spec.containers.map(({ name, image = '' }) => {
    return { name, ready, started, restartCount: 0, state, image, imageID: '' };
  });
}

function hostAddress({ status }: KubeNode): string {
  return status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}

/** Deals out the addresses of nodes' pod ranges. */
class PodAddresses {
  readonly #state: KubeState;
  #taken: Set<string> | undefined;

  constructor(state: KubeState) {
    this.#state = state;
  }

  next({ spec }: KubeNode): string {
    const range = ipv4Range(spec.podCIDR ?? '');
    this.#taken ??= new Set(
      this.#state.store.list('pods').map(({ status }) => status?.podIP ?? ''),
    );
    // The first address of the range is the node's own.
    let offset = 2;
    while (this.#taken.has(addressAt(range, offset))) offset++;
    const address = addressAt(range, offset);
    this.#taken.add(address);
    return address;
  }
}
