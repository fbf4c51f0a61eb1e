import { isObject, listOr, objectOr, same, type JsonObject } from './json.js';
import { remembered } from './memo.js';
import { amountOf } from './quantity.js';
import type { KubeNode, Pod } from './workloads.js';

/** Amounts by the name of the resource: processors, bytes. */
export type Amounts = Readonly<Record<string, number>>;

function containersOf(spec: object, list: string): JsonObject[] {
  return listOr((spec as JsonObject)[list]).filter(isObject);
}

function requestsOf(container: JsonObject): Amounts {
  const { requests } = objectOr(container['resources']);
  const entries = Object.entries(objectOr(requests)).map(([name, value]) => [
    name,
    amountOf(value),
  ]);
  return Object.fromEntries(entries) as Amounts;
}

export function added(a: Amounts, b: Amounts): Amounts {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

/** What a pod needs of its node: its containers together, or one that runs before them. */
export function neededBy({ spec }: Pod): Amounts {
  return neededFor(spec);
}

const neededFor = remembered((spec: Pod['spec']): Amounts => {
  const running = containersOf(spec, 'containers').map(requestsOf).reduce(added, {});
  const first = containersOf(spec, 'initContainers').map(requestsOf);
  const needed: Record<string, number> = { ...running };
  for (const amounts of first) {
    for (const [name, value] of Object.entries(amounts)) {
      needed[name] = Math.max(needed[name] ?? 0, value);
    }
  }
  return needed;
});

/** What a node has for its pods. */
export const allocatableOf = remembered((status: KubeNode['status']): Amounts => {
  const amounts = Object.entries(objectOr(status['allocatable']));
  return Object.fromEntries(amounts.map(([name, value]) => [name, amountOf(value)]));
});

/** A container that says how much it may use, and no more, asks for that much. */
export function withRequests(container: JsonObject): JsonObject {
  const resources = objectOr(container['resources']);
  const { requests, limits } = resources;
  if (!isObject(limits)) return container;
  const filled = { ...limits, ...objectOr(requests) };
  return { ...container, resources: { ...resources, requests: filled } };
}

/** Who has to go first when a node runs out of memory (Kubernetes docs, "Pod Quality of Service Classes"). */
export function qosClass(spec: object): string {
  const all = [...containersOf(spec, 'containers'), ...containersOf(spec, 'initContainers')].map(
    (container) => objectOr(container['resources']),
  );
  const isEmpty = (value: unknown): boolean => Object.keys(objectOr(value)).length === 0;
  if (all.every(({ requests, limits }) => isEmpty(requests) && isEmpty(limits)))
    return 'BestEffort';
  const isFull = all.every(({ requests, limits }) => {
    const { cpu, memory } = objectOr(limits);
    return cpu !== undefined && memory !== undefined && same(objectOr(requests), limits);
  });
  return isFull ? 'Guaranteed' : 'Burstable';
}
