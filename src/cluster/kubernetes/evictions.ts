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
  /** It has not started: no budget holds it. */
  readonly pending: boolean;
  /** It serves; budgets count only those that do. */
  readonly ready: boolean;
  /** It was told to end, and has not ended yet. */
  readonly ending: boolean;
  /** It runs on cordoned nodes as well, so it may stay or come back. */
  readonly ignoresCordon: boolean;
}

/** A requirement of a label selector. */
export interface SelectorExpression {
  readonly key: string;
  /** In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** Which pods are meant; an empty one means all. */
export interface PodSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly SelectorExpression[];
}

/** A PodDisruptionBudget. */
export interface BudgetView {
  readonly namespace: string;
  readonly name: string;
  /** Undefined: it covers no pod. */
  readonly selector: PodSelector | undefined;
  /** How many of its pods may be evicted at this moment. */
  readonly allowed: number;
  /** It does not hold pods that do not serve: the policy AlwaysAllow, or it has enough that do. */
  readonly letsUnreadyGo: boolean;
}

/** What a drain of a node means for the pods on it. */
export interface Eviction {
  /** They are made again elsewhere; what they keep on the node itself is lost. */
  readonly moving: readonly PodView[];
  /** Nobody makes them again. */
  readonly lost: readonly PodView[];
  /** These budgets do not let them go at this moment; pods of several are never evicted. */
  readonly blocked: readonly {
    readonly pod: PodView;
    readonly budgets: readonly BudgetView[];
  }[];
  /** Budgets that let fewer of their pods go at a time than there are on the node. */
  readonly inTurn: readonly { readonly budget: BudgetView; readonly pods: number }[];
}

/**
 * Sorts the pods of a node by what its drain does to them. DaemonSets and static pods stay. A
 * server that is no node has none.
 */
export function evictionOf(
  node: string | undefined,
  pods: readonly PodView[],
  budgets: readonly BudgetView[],
): Eviction {
  const leaving = pods.filter((pod) => node !== undefined && pod.node === node && mustLeave(pod));
  const held = leaving.map((pod) => ({ pod, budgets: budgetsThatHold(pod, budgets) }));
  return {
    moving: leaving.filter(({ controller }) => controller !== undefined),
    lost: leaving.filter(({ controller }) => controller === undefined),
    blocked: held.filter(({ budgets: [first, ...more] }) =>
      first ? more.length > 0 || first.allowed <= 0 : false,
    ),
    inTurn: budgets.flatMap((budget) => {
      const own = held.filter((one) => one.budgets.length === 1 && one.budgets[0] === budget);
      return budget.allowed > 0 && own.length > budget.allowed
        ? [{ budget, pods: own.length }]
        : [];
    }),
  };
}

/** Whether a drain takes a pod off its node: those of DaemonSets, static ones and finished ones stay. */
export function mustLeave({ controller, mirror, finished }: PodView): boolean {
  return controller !== 'DaemonSet' && !mirror && !finished;
}

/**
 * The budgets that Kubernetes asks before it evicts a pod (pkg/registry/core/pod/storage/eviction.go):
 * none for one that has not started or ends already.
 */
function budgetsThatHold(pod: PodView, budgets: readonly BudgetView[]): readonly BudgetView[] {
  if (pod.pending || pod.ending) return [];
  const covering = budgets.filter((budget) => covers(budget, pod));
  const [only] = covering;
  return covering.length === 1 && !pod.ready && only?.letsUnreadyGo ? [] : covering;
}

function covers({ namespace, selector }: BudgetView, pod: PodView): boolean {
  return (
    selector !== undefined &&
    namespace === pod.namespace &&
    Object.entries(selector.matchLabels).every(([key, value]) => pod.labels[key] === value) &&
    selector.matchExpressions.every((expression) => meets(expression, pod.labels))
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

/** `4 pods will move; lost: the local data of default/cache-0`, for the plan. */
export function evictionNote({ moving, lost, inTurn }: Eviction): string {
  const local = moving.filter(({ localData }) => localData);
  const gone = [
    ...(local.length > 0 ? [`the local data of ${podNames(local)}`] : []),
    ...(lost.length > 0 ? [`${podNames(lost)}, which nobody makes again`] : []),
  ];
  const moves =
    moving.length === 0 ? 'no pods to move' : `${plural(moving.length, 'pod')} will move`;
  const turns = inTurn.map(
    ({ budget, pods }) => `${pods} of the budget ${budget.name} go ${budget.allowed} at a time`,
  );
  return [moves, ...turns, ...(gone.length > 0 ? [`lost: ${gone.join('; ')}`] : [])].join('; ');
}

/** `default/db-0 (budget db)`, for warnings and errors. */
export function blockedText({ blocked }: Pick<Eviction, 'blocked'>): string {
  return enumerate(
    blocked.map(({ pod, budgets }) => `${pod.namespace}/${pod.name} (${budgetText(budgets)})`),
  );
}

function budgetText(budgets: readonly BudgetView[]): string {
  const names = enumerate(budgets.map(({ name }) => name));
  return budgets.length > 1
    ? `budgets ${names}: Kubernetes evicts no pod of several`
    : `budget ${names}`;
}

/** `default/db-0 and default/db-1`. */
export function podNames(pods: readonly PodView[]): string {
  return enumerate(pods.map(({ namespace, name }) => `${namespace}/${name}`));
}
