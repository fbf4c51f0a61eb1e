import { tell } from '../events.js';
import { objectOr, stringOr, type JsonObject } from '../json.js';
import { timestamp, type KubeObject } from '../objects.js';
import { builtinType } from '../resources.js';
import type { KubeState } from '../state.js';
import { updateObject } from '../updates.js';

const autoscalers = 'horizontalpodautoscalers.autoscaling';
/** How often the real controller looks at an autoscaler. */
const periodMs = 15_000;
const manager = {
  name: 'kube-controller-manager',
  operation: 'Update',
  subresource: 'scale',
} as const;

/**
 * Brings workloads between the least and the most replicas of their autoscalers, which works without
 * metrics; within these bounds nothing is scaled, as on a cluster without a metrics server.
 */
export function reconcileAutoscalers(state: KubeState): void {
  for (const autoscaler of state.store.list(autoscalers)) {
    const timer = `autoscale/${autoscaler.metadata.uid}`;
    const bounded = outOfBounds(state, autoscaler);
    if (!bounded) state.timers.cancel(timer);
    else if (state.timers.fires(timer, state.now)) scale(state, autoscaler, bounded);
    else state.timers.start(timer, state.now + periodMs);
  }
}

interface Bounded {
  readonly resource: string;
  readonly workload: KubeObject;
  readonly replicas: number;
  readonly why: string;
}

// Kubernetes source, pkg/controller/podautoscaler/horizontal.go
function outOfBounds({ store }: KubeState, autoscaler: KubeObject): Bounded | undefined {
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = objectOr(autoscaler.spec);
  const { kind, name } = objectOr(scaleTargetRef);
  const resource = resources[stringOr(kind)];
  if (resource === undefined) return undefined;
  const workload = store.get(resource, stringOr(name), autoscaler.metadata.namespace);
  const current = Number(objectOr(workload?.spec)['replicas']);
  // Without replicas a workload is switched off, and its autoscaler with it.
  if (!workload || current === 0) return undefined;
  const [least, most] = [Number(minReplicas), Number(maxReplicas)];
  const bound = { resource, workload };
  if (current > most) return { ...bound, replicas: most, why: 'above Spec.MaxReplicas' };
  if (current < least) return { ...bound, replicas: least, why: 'below Spec.MinReplicas' };
  return undefined;
}

const resources: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
};

function scale(state: KubeState, autoscaler: KubeObject, bounded: Bounded): void {
  const { resource, workload, replicas, why } = bounded;
  const target = { state, type: builtinType(resource), namespace: workload.metadata.namespace };
  const body: JsonObject = { ...workload, spec: { ...objectOr(workload.spec), replicas } };
  const options = { manager, dryRun: false, validation: 'Ignore', warn: () => undefined } as const;
  updateObject(target, workload, { body, options });
  tell(state, autoscaler, {
    by: 'horizontal-pod-autoscaler',
    reason: 'SuccessfulRescale',
    message: `New size: ${replicas}; reason: Current number of replicas ${why}`,
  });
  const currentReplicas = objectOr(workload.spec)['replicas'];
  const lastScaleTime = timestamp(state.now);
  const status = { currentReplicas, desiredReplicas: replicas, lastScaleTime };
  state.store.put(autoscalers, {
    ...autoscaler,
    status: { ...objectOr(autoscaler.status), ...status },
  });
}
