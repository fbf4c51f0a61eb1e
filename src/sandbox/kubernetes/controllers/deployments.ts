import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { omit, same } from '../json.js';
import { byController, ownedBy, type Labels } from '../objects.js';
import { builtinType } from '../resources.js';
import { contentHash, type KubeState } from '../state.js';
import { isReady, scaled, type Pod, type Workload } from '../workloads.js';
import { reportDeployment } from './deployment-status.js';

const hashLabel = 'pod-template-hash';
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Gives every Deployment a ReplicaSet for its template and moves its replicas over to it. */
export function reconcileDeployments(state: KubeState): void {
  const deployments = state.store.list('deployments.apps');
  if (deployments.length === 0) return;
  const sets = byController(state.store.list('replicasets.apps'));
  const pods = byController(state.store.list('pods'));
  for (const deployment of deployments) {
    if (deployment.metadata.deletionTimestamp !== undefined) continue;
    const owned = sets.get(deployment.metadata.uid) ?? [];
    const current =
      owned.find((set) => hasTemplateOf(set, deployment)) ?? createSet(state, deployment, owned);
    const older = owned.filter((set) => set.metadata.uid !== current.metadata.uid);
    const numbered = withRevision(state, { deployment, current, older });
    const podsOf = (set: Workload): readonly Pod[] => pods.get(set.metadata.uid) ?? [];
    if (deployment.spec.paused !== true)
      roll(state, { deployment, current: numbered, older, podsOf });
    prune(state, deployment, older);
    reportDeployment(state, deployment, numbered);
  }
}

interface Rollout {
  readonly deployment: Workload;
  readonly current: Workload;
  readonly older: readonly Workload[];
  readonly podsOf: (set: Workload) => readonly Pod[];
}

function hasTemplateOf(set: Workload, deployment: Workload): boolean {
  const { metadata, ...rest } = set.spec.template;
  const labels = omit(metadata?.labels ?? {}, [hashLabel]);
  return same({ ...rest, metadata: { ...metadata, labels } }, withLabels(deployment));
}

function withLabels({ spec }: Workload): object {
  const { metadata } = spec.template;
  return { ...spec.template, metadata: { ...metadata, labels: metadata?.labels ?? {} } };
}

function createSet(state: KubeState, deployment: Workload, older: readonly Workload[]): Workload {
  const { name, namespace = '' } = deployment.metadata;
  const { selector, template } = deployment.spec;
  const hash = contentHash(template);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  // All at once when there is nothing to replace; otherwise the rollout fills it.
  const replicas = older.some((set) => set.spec.replicas !== 0)
    ? 0
    : (deployment.spec.replicas ?? 1);
  const set = state.create<Workload>('replicasets.apps', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: sizesOf(deployment),
      generation: 1,
      ownerReferences: [ownedBy(deployment)],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  });
  if (replicas > 0) tellScaling(state, { deployment, set }, [0, replicas]);
  return set;
}

function revisionOf({ metadata }: Workload): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0);
}

/** The ReplicaSet in use always has the highest revision: also an old one that came back. */
function withRevision(
  state: KubeState,
  { deployment, current, older }: Omit<Rollout, 'podsOf'>,
): Workload {
  const highest = Math.max(0, ...older.map(revisionOf));
  const revision = revisionOf(current) > highest ? revisionOf(current) : highest + 1;
  const numbered = annotated(current, revision);
  const stored = state.store.put('replicasets.apps', numbered);
  const present = state.store.get(
    'deployments.apps',
    deployment.metadata.name,
    deployment.metadata.namespace,
  );
  if (present) state.store.put('deployments.apps', annotated(present, revision));
  return stored;
}

function annotated(object: Workload, revision: number): Workload {
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: String(revision) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function roll(state: KubeState, rollout: Rollout): void {
  const { deployment, current, older, podsOf } = rollout;
  const replicas = deployment.spec.replicas ?? 1;
  const active = older.filter((set) => (set.spec.replicas ?? 0) > 0);
  if (active.length === 0) {
    const isStopping = older.some((set) => podsOf(set).length > 0);
    if (deployment.spec.strategy?.type === 'Recreate' && isStopping) return;
    scaleTo(state, { deployment, set: current }, replicas);
    return;
  }
  if (deployment.spec.strategy?.type === 'Recreate') {
    for (const set of active) scaleTo(state, { deployment, set }, 0);
    return;
  }
  const { maxSurge = '25%', maxUnavailable = '25%' } =
    deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, replicas, Math.ceil);
  const spare = scaled(maxUnavailable, replicas, Math.floor);
  const unavailable = surge === 0 && spare === 0 ? 1 : spare;
  const total = sum([current, ...active], (set) => set.spec.replicas ?? 0);
  const room = Math.max(0, replicas + surge - total);
  const grown = Math.min(replicas, (current.spec.replicas ?? 0) + room);
  scaleTo(state, { deployment, set: current }, grown);
  const ready = sum([current, ...active], (set) => podsOf(set).filter(isReady).length);
  let budget = ready - (replicas - unavailable);
  for (const set of active) {
    const serving = podsOf(set).filter(isReady).length;
    const idle = (set.spec.replicas ?? 0) - serving;
    // Replicas that do not serve go first: they cost no availability.
    const gone = Math.max(0, idle) + Math.min(serving, Math.max(0, budget));
    budget -= gone - Math.max(0, idle);
    scaleTo(state, { deployment, set }, Math.max(0, (set.spec.replicas ?? 0) - gone));
  }
}

interface Scaling {
  readonly deployment: Workload;
  readonly set: Workload;
}

function scaleTo(state: KubeState, { deployment, set }: Scaling, replicas: number): void {
  const before = set.spec.replicas ?? 1;
  if (before === replicas) return;
  tellScaling(state, { deployment, set }, [before, replicas]);
  const generation = (set.metadata.generation ?? 1) + 1;
  const annotations = { ...set.metadata.annotations, ...sizesOf(deployment) };
  state.store.put('replicasets.apps', {
    ...set,
    metadata: { ...set.metadata, annotations, generation },
    spec: { ...set.spec, replicas },
  });
}

/** How many there shall be, and at most while a rollout runs: what scaling in between goes by. */
function sizesOf({ spec }: Workload): Labels {
  const replicas = spec.replicas ?? 1;
  const { maxSurge = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = spec.strategy?.type === 'Recreate' ? 0 : scaled(maxSurge, replicas, Math.ceil);
  const prefix = 'deployment.kubernetes.io';
  return {
    [`${prefix}/desired-replicas`]: String(replicas),
    [`${prefix}/max-replicas`]: String(replicas + surge),
  };
}

function tellScaling(
  state: KubeState,
  { deployment, set }: Scaling,
  [before, after]: readonly [number, number],
): void {
  const direction = after > before ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${after}`;
  tell(state, deployment, { by: 'deployment-controller', reason: 'ScalingReplicaSet', message });
}

function prune(state: KubeState, deployment: Workload, older: readonly Workload[]): void {
  const idle = older.filter(
    ({ spec, status }) => spec.replicas === 0 && (status?.replicas ?? 0) === 0,
  );
  const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return;
  const oldest = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
  for (const object of oldest)
    deleteObject(state, { type: builtinType('replicasets.apps'), object });
}

function sum(sets: readonly Workload[], value: (set: Workload) => number): number {
  return sets.reduce((total, set) => total + value(set), 0);
}
