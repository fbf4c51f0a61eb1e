import { badRequest, type Cause } from './api-error.js';
import { isObject, objectOr, stringOr, valueAt, type JsonObject } from './json.js';
import { canonical, parseQuantity, quantityRule } from './quantity.js';

// Where amounts are, by kind; `*` is each item of a list. Beneath each path are names with amounts.
const inContainers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
  ['requests', 'limits'].map((field) => [list, '*', 'resources', field]),
);
const inPod = (...path: string[]): string[][] => inContainers.map((rest) => [...path, ...rest]);
const template = ['spec', 'template', 'spec'];
const claim = ['requests', 'limits'].map((field) => ['spec', 'resources', field]);
const limits = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'];

const places: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Pod: inPod('spec'),
  PodTemplate: inPod('template', 'spec'),
  ReplicationController: inPod(...template),
  Deployment: inPod(...template),
  ReplicaSet: inPod(...template),
  DaemonSet: inPod(...template),
  StatefulSet: [
    ...inPod(...template),
    ...claim.map((path) => ['spec', 'volumeClaimTemplates', '*', ...path]),
  ],
  Job: inPod(...template),
  CronJob: inPod('spec', 'jobTemplate', ...template),
  PersistentVolumeClaim: [...claim, ['status', 'capacity']],
  PersistentVolume: [['spec', 'capacity']],
  ResourceQuota: [['spec', 'hard']],
  LimitRange: limits.map((field) => ['spec', 'limits', '*', field]),
};

/** The object with all amounts in their canonical form; refuses what is none. */
export function withCanonicalQuantities(kind: string, object: JsonObject): JsonObject {
  const refuse = (): never => {
    throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${quantityRule}`);
  };
  return (places[kind] ?? []).reduce(
    (all, path) => mapped(all, path, refuse) as JsonObject,
    object,
  );
}

function mapped(value: unknown, path: readonly string[], refuse: () => never): unknown {
  const [field, ...rest] = path;
  if (field === undefined) return isObject(value) ? canonicalMap(value, refuse) : value;
  if (field === '*') {
    return Array.isArray(value) ? value.map((item) => mapped(item, rest, refuse)) : value;
  }
  if (!isObject(value) || value[field] === undefined) return value;
  const inner = mapped(value[field], rest, refuse);
  return inner === value[field] ? value : { ...value, [field]: inner };
}

function canonicalMap(amounts: JsonObject, refuse: () => never): JsonObject {
  const entries = Object.entries(amounts).map(([name, value]) => {
    const quantity = parseQuantity(value) ?? refuse();
    return [name, canonical(quantity)] as const;
  });
  const isSame = entries.every(([name, value]) => amounts[name] === value);
  return isSame ? amounts : Object.fromEntries(entries);
}

const standard = /^(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+\/.+)$/;

/** What is wrong with the amounts that a container asks for. */
export function resourceCauses(container: unknown, path: string): Cause[] {
  const lists = ['limits', 'requests'].map((list) =>
    objectOr(valueAt(container, ['resources', list])),
  );
  const [most = {}, least = {}] = lists;
  const each = ['limits', 'requests'].flatMap((list, index) =>
    Object.entries(lists[index] ?? {}).flatMap(([name, value]) =>
      amountCauses(`${path}.resources.${list}[${name}]`, name, String(value)),
    ),
  );
  const above = Object.entries(least).flatMap(([name, value]) => {
    const limit = most[name];
    if (limit === undefined || nanosOf(value) <= nanosOf(limit)) return [];
    const why = `must be less than or equal to ${name} limit of ${stringOr(limit)}`;
    return [wrong(`${path}.resources.requests`, String(value), why)];
  });
  return [...each, ...above];
}

function amountCauses(field: string, name: string, value: string): Cause[] {
  if (!standard.test(name)) {
    return [
      wrong(field, name, 'must be a standard resource type or fully qualified'),
      wrong(field, name, 'must be a standard resource for containers'),
    ];
  }
  return nanosOf(value) < 0n ? [wrong(field, value, 'must be greater than or equal to 0')] : [];
}

function nanosOf(value: unknown): bigint {
  return parseQuantity(value)?.nanos ?? 0n;
}

function wrong(field: string, value: string, why: string): Cause {
  return {
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  };
}
