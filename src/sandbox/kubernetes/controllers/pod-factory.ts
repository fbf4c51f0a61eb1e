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

/** A pod that was not made. */
export interface Refused {
  readonly refused: string;
}

export function isMade(made: Pod | Refused): made is Pod {
  return !('refused' in made);
}

/**
 * Makes a pod from a workload's template. While the API server refuses it, that is told as an event,
 * and why is the answer.
 */
export function createPod(state: KubeState, owner: Workload, pod: NewPod): Pod | Refused {
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
  const refused = refusalOf(state, owner, complete);
  if (refused !== undefined) return { refused };
  const name = pod.name ?? `${prefix}-${state.nameSuffix()}`;
  return state.create<Pod>('pods', {
    ...complete,
    metadata: { ...complete.metadata, name, generation: 1 },
  });
}

function refusalOf(state: KubeState, owner: Workload, pod: Pod): string | undefined {
  const { namespace = '' } = owner.metadata;
  const home = state.store.get('namespaces', namespace);
  if (!home || home.metadata.deletionTimestamp !== undefined) return 'the namespace ends';
  const why = podRefusal(state, pod);
  if (why === undefined) return undefined;
  const text = `pods "${pod.metadata.name}" is forbidden: ${why}`;
  tell(state, owner, {
    by: `${owner.kind.toLowerCase()}-controller`,
    type: 'Warning',
    reason: 'FailedCreate',
    message: refusalText(owner, text),
  });
  return text;
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
