import { withServerDefaults } from '../defaults.js';
import type { JsonObject } from '../json.js';
import { ownedBy, type Labels } from '../objects.js';
import type { KubeState } from '../state.js';
import type { Pod, PodSpec, Workload } from '../workloads.js';

export interface NewPod {
  readonly name: string;
  readonly labels?: Labels;
  readonly spec?: Partial<PodSpec>;
}

/** Makes a pod from a workload's template; undefined while its ServiceAccount does not exist. */
export function createPod(state: KubeState, owner: Workload, pod: NewPod): Pod | undefined {
  const { template } = owner.spec;
  const namespace = owner.metadata.namespace ?? '';
  const spec = { ...template.spec, ...pod.spec };
  const account = spec.serviceAccountName ?? 'default';
  if (!state.store.get('serviceaccounts', account, namespace)) return undefined;
  const metadata = {
    name: pod.name,
    generateName: `${owner.metadata.name}-`,
    namespace,
    labels: { ...template.metadata?.labels, ...pod.labels },
    ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
    ownerReferences: [ownedBy(owner)],
  };
  const draft = { apiVersion: 'v1', kind: 'Pod', metadata, spec } as unknown as JsonObject;
  const complete = withServerDefaults('Pod', draft, state) as unknown as Pod;
  return state.create<Pod>('pods', { ...complete, status: { phase: 'Pending' } });
}

/** The pods that count: neither being deleted nor at their end. */
export function livePods(pods: readonly Pod[] | undefined): Pod[] {
  return (pods ?? []).filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed',
  );
}
