import { isObject, listOr, stringOr, valueAt, type JsonObject } from '../json.js';

/** What a pod does that a level of the Pod Security Standards does not allow. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Answers what a pod does that it must not. */
export type Check = (pod: CheckedPod) => Violation | undefined;

/** A pod, or the template of one, as the checks look at it. */
export interface CheckedPod {
  readonly spec: JsonObject;
  readonly annotations: JsonObject;
}

export const names = (words: readonly string[]): string =>
  words.map((word) => `"${word}"`).join(', ');
export const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();
export const plural = (word: string, items: readonly unknown[]): string =>
  items.length === 1 ? word : `${word}s`;
export const quoted = (word: string, items: readonly string[]): string =>
  `${plural(word, items)} ${names(items)}`;
export const uses = (items: readonly unknown[]): string => (items.length === 1 ? 'uses' : 'use');

export function containersOf(spec: JsonObject): JsonObject[] {
  const lists = ['initContainers', 'containers', 'ephemeralContainers'];
  return lists.flatMap((list) => listOr(spec[list]).filter(isObject));
}

export function nameOf(container: JsonObject): string {
  return stringOr(container['name']);
}

/** Values at a path below the containers' `securityContext`, with the names of who sets them wrong. */
export function wrongly<T>(
  spec: JsonObject,
  path: readonly string[],
  isWrong: (value: unknown) => readonly T[],
): { readonly who: string[]; readonly values: T[] } {
  const found = containersOf(spec).map((container) => ({
    name: nameOf(container),
    values: isWrong(valueAt(container['securityContext'], path)),
  }));
  const bad = found.filter(({ values }) => values.length > 0);
  return { who: bad.map(({ name }) => name), values: bad.flatMap(({ values }) => values) };
}

/** The same for what a pod may set for all of its containers. */
export function setters<T>(
  spec: JsonObject,
  path: readonly string[],
  isWrong: (value: unknown) => readonly T[],
): { readonly who: string; readonly values: T[] } | undefined {
  const own = isWrong(valueAt(spec['securityContext'], path));
  const { who, values } = wrongly(spec, path, isWrong);
  const all = [
    ...(own.length > 0 ? ['pod'] : []),
    ...(who.length > 0 ? [quoted('container', who)] : []),
  ];
  return all.length === 0 ? undefined : { who: all.join(' and '), values: [...own, ...values] };
}

export const oneOf =
  (...allowed: readonly string[]) =>
  (value: unknown): string[] =>
    typeof value !== 'string' || allowed.includes(value) ? [] : [value];
export const is =
  (wrong: unknown) =>
  (value: unknown): unknown[] =>
    value === wrong ? [value] : [];

/** Those that neither set something themselves nor have it from their pod. */
export function without(
  spec: JsonObject,
  field: string,
  isSet: (value: unknown) => boolean,
): string[] {
  if (isSet(valueAt(spec['securityContext'], [field]))) return [];
  return containersOf(spec)
    .filter((container) => valueAt(container['securityContext'], [field]) === undefined)
    .map(nameOf);
}
