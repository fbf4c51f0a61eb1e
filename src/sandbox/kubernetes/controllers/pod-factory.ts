import { podRefusal } from '../admission/pods.js';
import { withServerDefaults } from '../defaults.js';
import { tell } from '../events.js';
import type { JsonObject } from '../json.js';
import { ownedBy, type Labels } from '../objects.js';
import { contentHash, type KubeState } from '../state.js';
import type { Pod, PodSpec, Workload } from '../workloads.js';

export interface NewPod {
  /** Without one it is made of the owner's. */
  readonly name?: string;
  readonly labels?: Labels;
  readonly spec?: Partial<PodSpec>;
  readonly finalizers?: readonly string[];
}

/** Makes a pod from a workload's template; undefined while the API server refuses it, which is told. */
export function createPod(state: KubeState, owner: Workload, pod: NewPod): Pod | undefined {
  const { template } = owner.spec;
  const { name: prefix, namespace = '', uid } = owner.metadata;
  const metadata = {
    // A name that is refused is not used up, so that a refusal repeats the same.
    name: pod.name ?? `${prefix}-${contentHash(uid).slice(0, 5)}`,
    generateName: `${prefix}-`,
    namespace,
    labels: { ...template.metadata?.labels, ...pod.labels },
    ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
    ...(pod.finalizers ? { finalizers: pod.finalizers } : {}),
    ownerReferences: [ownedBy(owner)],
  };
  const spec = { ...template.spec, ...pod.spec };
  const draft = { apiVersion: 'v1', kind: 'Pod', metadata, spec } as unknown as JsonObject;
  const complete = withServerDefaults('Pod', draft, state) as unknown as Pod;
  if (isRefused(state, owner, complete)) return undefined;
  const name = pod.name ?? `${prefix}-${state.nameSuffix()}`;
  return state.create<Pod>('pods', {
    ...complete,
    metadata: { ...complete.metadata, name },
  });
}

function isRefused(state: KubeState, owner: Workload, pod: Pod): boolean {
  const { namespace = '' } = owner.metadata;
  const home = state.store.get('namespaces', namespace);
  if (!home || home.metadata.deletionTimestamp !== undefined) return true;
  const why = podRefusal(state, pod);
  if (why === undefined) return false;
  tell(state, owner, {
    by: `${owner.kind.toLowerCase()}-controller`,
    type: 'Warning',
    reason: 'FailedCreate',
    message: refusalText(owner, `pods "${pod.metadata.name}" is forbidden: ${why}`),
  });
  return true;
}

function refusalText({ kind, metadata }: Workload, why: string): string {
  if (kind !== 'StatefulSet') return `Error creating: ${why}`;
  return `create Pod ${metadata.name}-0 in StatefulSet ${metadata.name} failed error: ${why}`;
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
