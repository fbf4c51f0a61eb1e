import { withServerDefaults } from '../defaults.js';
import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { byController, type KubeObject } from '../objects.js';
import { builtinType } from '../resources.js';
import { contentHash, type Draft, type KubeState } from '../state.js';
import { isReady, type Pod, type Workload } from '../workloads.js';
import { counts } from './counts.js';
import { createPod, isMade, livePods, type NewPod } from './pod-factory.js';
import { recordRevision } from './revisions.js';

const hashLabel = 'controller-revision-hash';

/** Keeps the numbered pods of StatefulSets: one after the other, unless told to work in parallel. */
export function reconcileStatefulSets(state: KubeState): void {
  const sets = state.store.list('statefulsets.apps');
  if (sets.length === 0) return;
  const pods = byController(state.store.list('pods'));
  for (const set of sets) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const all = pods.get(set.metadata.uid) ?? [];
    step(state, set, all);
    report(state, set);
  }
}

function step(state: KubeState, set: Workload, all: readonly Pod[]): void {
  const { name } = set.metadata;
  const replicas = set.spec.replicas ?? 1;
  const hash = revisionHash(set);
  const label = { 'controller.kubernetes.io/hash': contentHash(set.spec.template) };
  recordRevision(state, set, { name: hash, label });
  const isParallel =
    (set.spec as { podManagementPolicy?: string }).podManagementPolicy === 'Parallel';
  const podAt = new Map(all.map((pod) => [ordinalOf(pod), pod]));
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = podAt.get(ordinal);
    if (!pod) {
      createClaims(state, set, `${name}-${ordinal}`);
      const made = createPod(state, set, newPod(set, ordinal, hash));
      if (isMade(made)) tellOf(state, set, 'create', made);
    }
    if (!isParallel && (!pod || !isReady(pod))) return;
  }
  const surplus = livePods(all).filter((pod) => ordinalOf(pod) >= replicas);
  const outdated = livePods(all).filter(({ metadata }) => metadata.labels?.[hashLabel] !== hash);
  const [next] = [...surplus, ...outdated].sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const isBusy = all.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const isManual = set.spec.updateStrategy?.type === 'OnDelete' && surplus.length === 0;
  if (!next || isBusy || isManual) return;
  deleteObject(state, { type: builtinType('pods'), object: next });
  tellOf(state, set, 'delete', next);
}

function newPod({ metadata, spec }: Workload, ordinal: number, hash: string): NewPod {
  const name = `${metadata.name}-${ordinal}`;
  const claimed = (spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: `${template.metadata.name}-${name}` },
  }));
  const others = (spec.template.spec.volumes ?? []).filter(
    (volume) => !claimed.some((item) => item.name === volume.name),
  );
  const volumes = [...claimed, ...others];
  return {
    name,
    labels: {
      [hashLabel]: hash,
      'apps.kubernetes.io/pod-index': String(ordinal),
      'statefulset.kubernetes.io/pod-name': name,
    },
    spec: {
      hostname: name,
      ...(spec.serviceName ? { subdomain: spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

/** The claims of a pod outlive it, and the set. */
function createClaims(state: KubeState, set: Workload, pod: string): void {
  const { name, namespace = '' } = set.metadata;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const claim = `${template.metadata.name}-${pod}`;
    if (state.store.get('persistentvolumeclaims', claim, namespace)) continue;
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels };
    const metadata = { ...template.metadata, name: claim, namespace, labels };
    const draft = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: template.spec,
    };
    const complete = withServerDefaults('PersistentVolumeClaim', draft, state);
    state.create('persistentvolumeclaims', complete as unknown as Draft<KubeObject>);
    const message = `create Claim ${claim} Pod ${pod} in StatefulSet ${name} success`;
    tell(state, set, { by: 'statefulset-controller', reason: 'SuccessfulCreate', message });
  }
}

function tellOf(state: KubeState, set: Workload, verb: 'create' | 'delete', pod: Pod): void {
  const reason = verb === 'create' ? 'SuccessfulCreate' : 'SuccessfulDelete';
  const message = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  tell(state, set, { by: 'statefulset-controller', reason, message });
}

function revisionHash(set: Workload): string {
  return `${set.metadata.name}-${contentHash(set.spec.template)}`;
}

function ordinalOf({ metadata }: Pod): number {
  return Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
}

function report(state: KubeState, set: Workload): void {
  const { uid, generation = 1, namespace } = set.metadata;
  const pods = livePods(byController(state.store.list('pods', namespace)).get(uid));
  const hash = revisionHash(set);
  const ready = pods.filter(isReady).length;
  const updated = pods.filter(({ metadata }) => metadata.labels?.[hashLabel] === hash).length;
  state.store.put('statefulsets.apps', {
    ...set,
    status: {
      observedGeneration: generation,
      replicas: pods.length,
      availableReplicas: ready,
      collisionCount: 0,
      ...counts({ readyReplicas: ready, currentReplicas: updated, updatedReplicas: updated }),
      currentRevision: hash,
      updateRevision: hash,
    },
  });
}
