import { durationOf } from '../../timings.js';
import { deleteObject } from '../deletes.js';
import { withCondition, type Condition, type KubeObject } from '../objects.js';
import { storeKey } from '../resources.js';
import type { KubeState } from '../state.js';

/** Empties namespaces that are being deleted, and lets them go when nothing is left in them. */
export function emptyNamespaces(state: KubeState): void {
  for (const namespace of state.store.list('namespaces')) {
    const { uid, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp === undefined) continue;
    const timer = `empty/${uid}`;
    if (state.timers.fires(timer, state.now)) empty(state, namespace, timer);
    // The controller waits a moment, until all API servers have heard that nothing new may come.
    else state.timers.start(timer, state.now + durationOf('namespaceGrace'));
  }
}

function empty(state: KubeState, namespace: KubeObject, timer: string): void {
  const left = deleteContent(state, namespace.metadata.name);
  if (left.length === 0) {
    state.store.remove('namespaces', namespace);
    return;
  }
  const before = namespace.status as { readonly conditions?: readonly Condition[] } | undefined;
  const conditions = conditionsOf(left).reduce<readonly Condition[]>(
    (all, condition) => withCondition(all, condition, state.now),
    before?.conditions ?? [],
  );
  state.store.put('namespaces', { ...namespace, status: { phase: 'Terminating', conditions } });
  state.timers.start(timer, state.now + pauseOf(left) * 1_000);
}

interface Rest {
  readonly kind: string;
  readonly object: KubeObject;
}

function deleteContent(state: KubeState, namespace: string): Rest[] {
  const left: Rest[] = [];
  for (const type of state.catalogue.all()) {
    const resource = storeKey(type);
    for (const object of state.store.list(resource, namespace)) {
      if (object.metadata.deletionTimestamp === undefined) deleteObject(state, { type, object });
      const now = state.store.get(resource, object.metadata.name, namespace);
      if (now) left.push({ kind: `${type.plural}.${type.group}`, object: now });
    }
  }
  return left;
}

// Kubernetes source, pkg/controller/namespace: half of the time that pods may take, or of the 15
// seconds that finalizers are thought to need, and one second more.
function pauseOf(left: readonly Rest[]): number {
  const estimates = left.map(({ object }) => object.metadata.deletionGracePeriodSeconds || 15);
  return Math.floor(Math.max(...estimates) / 2) + 1;
}

// Kubernetes source, pkg/controller/namespace/deletion/status_condition_utils.go
function conditionsOf(left: readonly Rest[]): Condition[] {
  const kinds = counted(left.map(({ kind }) => kind));
  const finalizers = counted(left.flatMap(({ object }) => object.metadata.finalizers ?? []));
  const done = (type: string, reason: string, message: string): Condition => ({
    type,
    status: 'False',
    reason,
    message,
  });
  return [
    done(
      'NamespaceDeletionDiscoveryFailure',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    done(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    done(
      'NamespaceDeletionContentFailure',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${kinds
        .map(([kind, count]) => `${kind} has ${count} resource instances`)
        .join(', ')}`,
    },
    finalizers.length === 0
      ? done(
          'NamespaceFinalizersRemaining',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        )
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${finalizers
            .map(([name, count]) => `${name} in ${count} resource instances`)
            .join(', ')}`,
        },
  ];
}

function counted(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
