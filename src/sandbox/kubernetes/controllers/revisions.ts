import { controllerOf, ownedBy, type KubeObject, type Labels } from '../objects.js';
import type { KubeState } from '../state.js';
import type { Workload } from '../workloads.js';

const resource = 'controllerrevisions.apps';

interface Revision extends KubeObject {
  readonly revision: number;
}

/**
 * Keeps the templates that a DaemonSet or StatefulSet has had, so that `kubectl rollout history` shows
 * them and `rollout undo` goes back (Kubernetes source, pkg/controller/history).
 */
export function recordRevision(
  state: KubeState,
  set: Workload,
  { name, label }: { readonly name: string; readonly label: Labels },
): void {
  const { uid, namespace = '', annotations } = set.metadata;
  const all = (state.store.list(resource, namespace) as Revision[])
    .filter((item) => controllerOf(item)?.uid === uid)
    .sort((a, b) => a.revision - b.revision);
  const newest = all.at(-1);
  if (newest?.metadata.name === name) return;
  const revision = (newest?.revision ?? 0) + 1;
  const again = all.find(({ metadata }) => metadata.name === name);
  if (again) {
    state.store.put<Revision>(resource, { ...again, revision });
    return;
  }
  const { template, revisionHistoryLimit = 10 } = set.spec;
  state.create<Revision>(resource, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace,
      labels: { ...template.metadata?.labels, ...label },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [ownedBy(set)],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision,
  });
  const surplus = Math.max(0, all.length - revisionHistoryLimit);
  for (const old of all.slice(0, surplus)) state.store.remove(resource, old);
}
