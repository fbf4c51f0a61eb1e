import { z } from 'zod';
import { checked, readList, releaseAnnotation, stringMap } from './kubernetes-objects.js';

/** How far a DaemonSet, a Deployment or a StatefulSet has come. */
export interface Workload {
  /** `daemonset/cilium` */
  readonly name: string;
  readonly namespace: string;
  /** The helm release that made it; undefined: it is of none. */
  readonly release: string | undefined;
  readonly wanted: number;
  /** Pods of its newest form that serve, as far as the counts tell it. */
  readonly available: number;
  /** Every pod that it wants is there in its newest form and serves. */
  readonly complete: boolean;
}

const count = z.number().default(0);
const workloadSchema = z.object({
  kind: z.enum(['DaemonSet', 'Deployment', 'StatefulSet']),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    generation: count,
    annotations: stringMap,
  }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
    })
    .prefault({}),
});

/** Reads `kubectl get daemonset/… deployment/… statefulset/… -o json`. */
export function parseWorkloads(stdout: string): Workload[] {
  return readList(stdout, workloadSchema).map(workloadOf);
}

/** Reads one of them. */
export function toWorkload(object: unknown): Workload {
  return workloadOf(checked(object, workloadSchema));
}

/** Judged as `kubectl rollout status` does it. */
function workloadOf({ kind, metadata, spec, status }: z.output<typeof workloadSchema>): Workload {
  const isDaemon = kind === 'DaemonSet';
  const wanted = isDaemon ? status.desiredNumberScheduled : spec.replicas;
  const updated = isDaemon ? status.updatedNumberScheduled : status.updatedReplicas;
  // Of a Deployment's older pods none may be left.
  const old = kind !== 'Deployment' ? 0 : Math.max(0, status.replicas - status.updatedReplicas);
  // Those serve on while the new ones cannot, and are counted with them.
  const serving = isDaemon ? status.numberAvailable : Math.max(0, status.availableReplicas - old);
  const available = Math.min(updated, serving);
  const seen = status.observedGeneration >= metadata.generation;
  return {
    name: `${kind.toLowerCase()}/${metadata.name}`,
    namespace: metadata.namespace,
    release: metadata.annotations[releaseAnnotation],
    wanted,
    available,
    complete: seen && old === 0 && available >= wanted && (!isDaemon || wanted > 0),
  };
}
