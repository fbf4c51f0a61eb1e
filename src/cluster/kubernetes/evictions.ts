import { enumerate, plural } from '../../lib/format.js';
import type { Labels } from '../state/cluster-state.js';

/** A pod as far as a drain is concerned with it. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly labels: Labels;
  /** Kind of the controller that would make it again; undefined: nobody does. */
  readonly controller: string | undefined;
  /** A static pod of the node itself. */
  readonly mirror: boolean;
  /** It has run to its end. */
  readonly finished: boolean;
  /** It keeps data on its node only: emptyDir, hostPath or a local volume. */
  readonly localData: boolean;
}

/** A requirement of a label selector. */
export interface SelectorExpression {
  readonly key: string;
  /** In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** A PodDisruptionBudget. */
export interface BudgetView {
  readonly namespace: string;
  readonly name: string;
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly SelectorExpression[];
  /** How many of its pods may be evicted at this moment. */
  readonly allowed: number;
}

/** What a drain of a node means for the pods on it. */
export interface Eviction {
  /** They are made again elsewhere; what they keep on the node itself is lost. */
  readonly moving: readonly PodView[];
  /** Nobody makes them again. */
  readonly lost: readonly PodView[];
  /** A budget does not let them go at this moment. */
  readonly blocked: readonly { readonly pod: PodView; readonly budget: BudgetView }[];
}

/** Sorts the pods of a node by what its drain does to them. DaemonSets and static pods stay. */
export function evictionOf(
  node: string,
  pods: readonly PodView[],
  budgets: readonly BudgetView[],
): Eviction {
  const leaving = pods.filter((pod) => pod.node === node && mustLeave(pod));
  return {
    moving: leaving.filter(({ controller }) => controller !== undefined),
    lost: leaving.filter(({ controller }) => controller === undefined),
    blocked: leaving.flatMap((pod) => {
      const budget = budgets.find((one) => one.allowed <= 0 && covers(one, pod));
      return budget ? [{ pod, budget }] : [];
    }),
  };
}

function mustLeave({ controller, mirror, finished }: PodView): boolean {
  return controller !== 'DaemonSet' && !mirror && !finished;
}

function covers(budget: BudgetView, pod: PodView): boolean {
  return (
    budget.namespace === pod.namespace &&
    Object.entries(budget.matchLabels).every(([key, value]) => pod.labels[key] === value) &&
    budget.matchExpressions.every((expression) => meets(expression, pod.labels))
  );
}

function meets({ key, operator, values }: SelectorExpression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** `web-3: 4 pods will move; lost: the local data of default/cache-0`, for the plan. */
export function evictionNote(node: string, { moving, lost }: Eviction): string {
  const local = moving.filter(({ localData }) => localData);
  const gone = [
    ...(local.length > 0 ? [`the local data of ${podNames(local)}`] : []),
    ...(lost.length > 0 ? [`${podNames(lost)}, which nobody makes again`] : []),
  ];
  const moves =
    moving.length === 0 ? 'no pods to move' : `${plural(moving.length, 'pod')} will move`;
  return [`${node}: ${moves}`, ...(gone.length > 0 ? [`lost: ${gone.join('; ')}`] : [])].join('; ');
}

/** `default/db-0 (budget db)`, for warnings and errors. */
export function blockedText({ blocked }: Eviction): string {
  return enumerate(
    blocked.map(({ pod, budget }) => `${pod.namespace}/${pod.name} (budget ${budget.name})`),
  );
}

/** `default/db-0 and default/db-1`. */
export function podNames(pods: readonly PodView[]): string {
  return enumerate(pods.map(({ namespace, name }) => `${namespace}/${name}`));
}
