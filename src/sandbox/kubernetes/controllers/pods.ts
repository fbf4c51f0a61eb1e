import { addressAt, ipv4Range } from '../ip-ranges.js';
import { durationOf } from '../../timings.js';
import { stopTimer } from '../deletes.js';
import { tell, type Note } from '../events.js';
import { mayGo } from '../finalizers.js';
import { isProgramReady } from '../metrics/scrape.js';
import { timestamp } from '../objects.js';
import type { KubeState } from '../state.js';
import { isFinished, type KubeNode, type Pod } from '../workloads.js';
import { hasVolumes } from './claims.js';
import {
  configRetryMs,
  forgetPrograms,
  holdsCrashed,
  isRefused,
  markRefused,
  startProgram,
} from './containers.js';
import { hasImages, pullImages, tellOfStart } from './images.js';
import { isCiliumAgent } from './nodes.js';
import { containersIn, podConditions, succeeded } from './pod-status.js';
import { hasMounts } from './storage/mounts.js';

/** What kubelets do: start the pods of their nodes, run them, and stop those being deleted. */
export function runPods(state: KubeState): void {
  if (state.containers.size > 0) forgetPrograms(state);
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
    work(state, pod, host.node);
    return;
  }
  if (state.timers.fires(timer, state.now)) {
    if (!markRefused(state, pod)) run(state, pod, host);
    return;
  }
  if (state.timers.isRunning(timer)) return;
  const created = markCreating(state, pod, host.node);
  if (!canStart(state, created)) return;
  const pause = hasImages(state, pod) ? 'podStart' : 'imagePull';
  const duration = durationOf(isCiliumAgent(pod) ? 'ciliumAgent' : pause);
  pullImages(state, created);
  state.timers.start(timer, state.now + (isRefused(created) ? configRetryMs : duration));
}

function stop(state: KubeState, pod: Pod): void {
  const { deletionGracePeriodSeconds: grace = 30 } = pod.metadata;
  const isStopped = grace === 0;
  const timer = stopTimer(pod);
  // A pod whose node was dead when it was deleted stops now that its kubelet is back.
  if (!isStopped && !state.timers.isRunning(timer)) {
    state.timers.start(timer, state.now + Math.min(stopMs(pod), grace * 1_000));
    for (const { name } of pod.spec.containers) {
      const part = `spec.containers{${name}}`;
      tellOf(state, pod, { reason: 'Killing', message: `Stopping container ${name}`, part });
    }
  }
  if (!isStopped && !state.timers.fires(timer, state.now)) return;
  state.timers.cancel(`start/${pod.metadata.uid}`);
  const ended = { ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } };
  if (mayGo(ended)) state.store.remove('pods', pod);
  else state.store.put('pods', ended);
}

/** Containers may sleep before they are told to end. */
function stopMs({ spec }: Pod): number {
  const pauses = spec.containers.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0);
  return Math.max(0, ...pauses) * 1_000 + durationOf('podStop');
}

function tellOf(state: KubeState, pod: Pod, note: Omit<Note, 'by'>): void {
  tell(state, pod, { by: 'kubelet', host: pod.spec.nodeName ?? '', ...note });
}

/** A pod of its own network needs the node's CNI; volumes need what they are made of. */
function canStart(state: KubeState, pod: Pod): boolean {
  const { spec, metadata } = pod;
  const kubelet = state.kubelets.get(spec.nodeName ?? '');
  if (spec.hostNetwork !== true && kubelet?.hasCni !== true) {
    tellOf(state, pod, { type: 'Warning', reason: 'NetworkNotReady', message: notNetworked });
    return false;
  }
  if (!hasVolumes(state, pod) || !hasMounts(state, pod)) return false;
  const missing = (spec.volumes ?? []).flatMap(({ name, configMap, secret }) => {
    const sources = [
      { ...configMap, kind: 'configmap', source: configMap?.name },
      { ...secret, kind: 'secret', source: secret?.secretName },
    ];
    return sources.flatMap(({ kind, source, optional }) => {
      if (source === undefined || optional === true) return [];
      if (state.store.get(`${kind}s`, source, metadata.namespace)) return [];
      return [`MountVolume.SetUp failed for volume "${name}" : ${kind} "${source}" not found`];
    });
  });
  for (const message of missing) {
    tellOf(state, pod, { type: 'Warning', reason: 'FailedMount', message });
  }
  return missing.length === 0;
}

const notNetworked =
  'network is not ready: container runtime network not ready: NetworkReady=false ' +
  'reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function markCreating(state: KubeState, pod: Pod, node: KubeNode): Pod {
  if (pod.status?.containerStatuses) return pod;
  const hostIP = hostAddress(node);
  const moment = { ready: false, now: state.now };
  return state.store.put('pods', {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Pending',
      hostIP,
      hostIPs: [{ ip: hostIP }],
      conditions: podConditions(pod, moment),
      ...containersIn(pod, { waiting: { reason: 'ContainerCreating' } }, moment),
    },
  });
}

function run(state: KubeState, pod: Pod, { node, addresses }: Host): void {
  const hostIP = hostAddress(node);
  const podIP = pod.spec.hostNetwork === true ? hostIP : addresses.next(node);
  const status = { ...pod.status, phase: 'Running', hostIP, podIP, podIPs: [{ ip: podIP }] };
  const moment = { ready: isServing(state, pod, node), now: state.now };
  const running = { running: { startedAt: timestamp(state.now) } };
  const conditions = podConditions({ ...pod, status }, moment);
  const started = { ...status, conditions, ...containersIn(pod, running, moment) };
  const stored = state.store.put('pods', { ...pod, status: started });
  tellOfStart(state, stored);
  startProgram(state, stored);
}

/** A pod that is not restarted does its work and ends; any other serves. */
function work(state: KubeState, pod: Pod, node: KubeNode): void {
  if (pod.spec.restartPolicy === 'Always' || pod.spec.restartPolicy === undefined) {
    refresh(state, pod, node);
    return;
  }
  const timer = `work/${pod.metadata.uid}`;
  if (state.timers.fires(timer, state.now)) state.store.put('pods', succeeded(pod, state.now));
  else state.timers.start(timer, state.now + durationOf('taskRun'));
}

/** The readiness of a running pod follows its node: the node controller marks those of lost nodes. */
function refresh(state: KubeState, pod: Pod, node: KubeNode): void {
  if (holdsCrashed(state, pod)) return;
  const ready = isServing(state, pod, node);
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
function isServing(state: KubeState, pod: Pod, node: KubeNode): boolean {
  if (isCiliumAgent(pod)) return node.spec.podCIDR !== undefined;
  return isProgramReady(state, pod);
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
