import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { byController } from '../objects.js';
import { builtinType } from '../resources.js';
import { contentHash, type KubeState } from '../state.js';
import {
  isReady,
  scaled,
  type KubeNode,
  type Pod,
  type Toleration,
  type Workload,
} from '../workloads.js';
import { counts } from './counts.js';
import { pinnedNode, untoleratedTaint, wantsNode } from './placement.js';
import { createPod, isMade, livePods } from './pod-factory.js';
import { recordRevision } from './revisions.js';

const hashLabel = 'controller-revision-hash';

// What the DaemonSet controller adds to every pod (Kubernetes docs, "Taints and tolerations").
const addedTolerations: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const hostNetworkToleration: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

/** Keeps one pod of each DaemonSet on every node that it fits, and rolls new templates out. */
export function reconcileDaemonSets(state: KubeState): void {
  const sets = state.store.list('daemonsets.apps');
  if (sets.length === 0) return;
  const nodes = state.store.list('nodes');
  const pods = byController(state.store.list('pods'));
  for (const set of sets) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    reconcileSet(state, set, { nodes, pods: pods.get(set.metadata.uid) ?? [] });
  }
}

interface Surroundings {
  readonly nodes: readonly KubeNode[];
  readonly pods: readonly Pod[];
}

function reconcileSet(state: KubeState, set: Workload, { nodes, pods }: Surroundings): void {
  const hash = contentHash(set.spec.template);
  const name = `${set.metadata.name}-${hash}`;
  recordRevision(state, set, { name, label: { [hashLabel]: hash } });
  const tolerations = tolerationsOf(set);
  const podsOn = byNode(pods);
  const wanted = nodes.filter((node) => wantsNode(set.spec.template.spec, node));
  const schedulable = wanted.filter((node) => untoleratedTaint(node, tolerations) === undefined);
  const isWanted = new Set(wanted.map((node) => node.metadata.name));
  for (const [name, present] of podsOn) {
    if (!isWanted.has(name)) for (const pod of livePods(present)) remove(state, set, pod);
  }
  for (const node of schedulable) {
    // The old pod must be gone: two agents on one host would fight over its ports.
    if (podsOn.has(node.metadata.name)) continue;
    const pod = createPod(state, set, {
      labels: {
        [hashLabel]: hash,
        'pod-template-generation': String(set.metadata.generation ?? 1),
      },
      spec: { tolerations, affinity: { ...set.spec.template.spec.affinity, ...pinTo(node) } },
    });
    if (isMade(pod)) report(state, set, 'Created', pod);
  }
  const mine = livePods(byController(state.store.list('pods')).get(set.metadata.uid));
  const expected = schedulable.filter(({ metadata }) => isWanted.has(metadata.name)).length;
  rollOut(state, set, { mine, hash, expected });
  writeStatus(state, set, { mine, hash, expected });
}

function tolerationsOf({ spec }: Workload): readonly Toleration[] {
  const { tolerations = [], hostNetwork } = spec.template.spec;
  const added =
    hostNetwork === true ? [...addedTolerations, hostNetworkToleration] : addedTolerations;
  return [...tolerations, ...added];
}

function pinTo({ metadata }: KubeNode): Pick<NonNullable<Pod['spec']['affinity']>, 'nodeAffinity'> {
  const field = { key: 'metadata.name', operator: 'In', values: [metadata.name] };
  const term = { matchFields: [field] };
  const rules = { nodeSelectorTerms: [term] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: rules } };
}

function byNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = pod.spec.nodeName ?? pinnedNode(pod.spec) ?? '';
    groups.set(name, [...(groups.get(name) ?? []), pod]);
  }
  return groups;
}

interface Progress {
  readonly mine: readonly Pod[];
  readonly hash: string;
  readonly expected: number;
}

/** Replaces pods of older templates, as many at a time as may be unavailable. */
function rollOut(state: KubeState, set: Workload, { mine, hash, expected }: Progress): void {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return;
  const old = mine.filter(({ metadata }) => metadata.labels?.[hashLabel] !== hash);
  if (old.length === 0) return;
  const allowed = Math.max(1, scaled(rollingUpdate?.maxUnavailable ?? 1, expected, Math.ceil));
  const available = mine.filter(isReady).length;
  let budget = allowed - (expected - available);
  // A pod that does not serve anyway costs nothing.
  for (const pod of old.filter((item) => !isReady(item))) remove(state, set, pod);
  for (const pod of old.filter(isReady)) {
    if (budget <= 0) return;
    budget--;
    remove(state, set, pod);
  }
}

function remove(state: KubeState, set: Workload, pod: Pod): void {
  deleteObject(state, { type: builtinType('pods'), object: pod });
  report(state, set, 'Deleted', pod);
}

function report(state: KubeState, set: Workload, done: 'Created' | 'Deleted', pod: Pod): void {
  const reason = done === 'Created' ? 'SuccessfulCreate' : 'SuccessfulDelete';
  const message = `${done} pod: ${pod.metadata.name}`;
  tell(state, set, { by: 'daemonset-controller', reason, message });
}

function writeStatus(state: KubeState, set: Workload, { mine, hash, expected }: Progress): void {
  const current = state.store.get('daemonsets.apps', set.metadata.name, set.metadata.namespace);
  if (!current) return;
  const kept = mine.filter(
    ({ metadata }) =>
      state.store.get('pods', metadata.name, metadata.namespace)?.metadata.deletionTimestamp ===
      undefined,
  );
  const ready = kept.filter(isReady).length;
  state.store.put('daemonsets.apps', {
    ...current,
    status: {
      observedGeneration: current.metadata.generation ?? 1,
      desiredNumberScheduled: expected,
      currentNumberScheduled: kept.length,
      numberReady: ready,
      numberMisscheduled: 0,
      ...counts({
        updatedNumberScheduled: kept.filter(({ metadata }) => metadata.labels?.[hashLabel] === hash)
          .length,
        numberAvailable: ready,
        numberUnavailable: Math.max(0, expected - ready),
      }),
    },
  });
}
