import { ApiError, badRequest, unsupportedMediaType } from './api-error.js';
import { isObject, listOr, omit, same, type JsonObject } from './json.js';
import { fieldSchema, type Schema } from './schemas/schema.js';

/** Applies a patch by its media type; server-side apply is not one of these. */
export function patched(
  live: JsonObject,
  patch: unknown,
  options: { readonly contentType: string; readonly schema: Schema; readonly builtin: boolean },
): unknown {
  switch (options.contentType) {
    case 'application/merge-patch+json':
      return mergePatch(live, patch);
    case 'application/json-patch+json':
      return jsonPatch(live, patch);
    case 'application/strategic-merge-patch+json':
      if (!options.builtin) throw unsupportedMediaType();
      return strategicMerge(live, patch, options.schema);
    default:
      throw unsupportedMediaType();
  }
}

/** RFC 7386. */
function mergePatch(live: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = isObject(live) ? { ...live } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, field);
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/** Kubernetes docs, "Update API Objects in Place": merge patch that knows the keys of lists. */
function strategicMerge(live: unknown, patch: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(patch)) return mergeList(live, { patch, order: undefined }, schema);
  if (!isObject(patch)) return patch;
  if (patch['$patch'] === 'replace') return omit(patch, ['$patch']);
  if (patch['$patch'] === 'delete') return undefined;
  let result = isObject(live) ? { ...live } : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    const dropped = Object.keys(result).filter((field) => !retained.includes(field));
    result = omit(result, dropped);
  }
  for (const [field, value] of Object.entries(patch)) {
    const deletion = /^\$deleteFromPrimitiveList\/(.+)$/.exec(field)?.[1];
    if (deletion !== undefined) result[deletion] = withoutItems(result[deletion], value);
    if (field.startsWith('$')) continue;
    const order = patch[`$setElementOrder/${field}`];
    const sub = fieldSchema(schema, field);
    const merged = Array.isArray(value)
      ? mergeList(
          result[field],
          { patch: value, order: Array.isArray(order) ? listOr(order) : undefined },
          sub,
        )
      : strategicMerge(result[field], value ?? undefined, sub);
    if (merged === undefined) Reflect.deleteProperty(result, field);
    else result[field] = merged;
  }
  return result;
}

interface ListPatch {
  readonly patch: readonly unknown[];
  /** What `$setElementOrder` says, entry by entry. */
  readonly order: readonly unknown[] | undefined;
}

function mergeList(
  live: unknown,
  { patch, order }: ListPatch,
  schema: Schema | undefined,
): unknown {
  const present: readonly unknown[] = Array.isArray(live) ? live : [];
  const key = schema?.['x-kubernetes-patch-merge-key'];
  const merges = schema?.['x-kubernetes-patch-strategy']?.startsWith('merge') === true;
  if (merges && key === undefined)
    return [...present, ...patch.filter((item) => !present.includes(item))];
  const replaces = patch.some((item) => isObject(item) && item['$patch'] === 'replace');
  if (key === undefined || replaces || !patch.every(isObject)) {
    return patch.filter((item) => !isObject(item) || item['$patch'] === undefined);
  }
  let result = [...present];
  for (const item of patch) {
    const index = result.findIndex((entry) => isObject(entry) && same(entry[key], item[key]));
    if (item['$patch'] === 'delete') result = result.filter((_entry, at) => at !== index);
    else if (index < 0) result.push(strategicMerge(undefined, item, schema?.items));
    else result[index] = strategicMerge(result[index], item, schema?.items);
  }
  const keyOf = (item: unknown): unknown => (isObject(item) ? item[key] : item);
  const wanted = (order ?? patch).map(keyOf);
  return ordered(result, { wanted, live: present.map(keyOf), keyOf });
}

/**
 * The entries in the order that the patch has them; those that only the live object has keep their
 * place among them as far as it goes (apimachinery, strategicpatch, mergeSortedSlice).
 */
function ordered(
  entries: readonly unknown[],
  order: {
    readonly wanted: readonly unknown[];
    readonly live: readonly unknown[];
    readonly keyOf: (item: unknown) => unknown;
  },
): unknown[] {
  const { wanted, live, keyOf } = order;
  const place = (item: unknown): number => wanted.findIndex((key) => same(key, keyOf(item)));
  const before = (item: unknown): number => live.findIndex((key) => same(key, keyOf(item)));
  const others = entries.filter((item) => place(item) < 0);
  const result: unknown[] = [];
  for (const item of entries
    .filter((entry) => place(entry) >= 0)
    .sort((a, b) => place(a) - place(b))) {
    while (others.length > 0 && before(item) >= 0 && before(others[0]) < before(item)) {
      result.push(others.shift());
    }
    result.push(item);
  }
  return [...result, ...others];
}

function withoutItems(list: unknown, gone: unknown): unknown {
  if (!Array.isArray(list) || !Array.isArray(gone)) return list;
  return list.filter((item) => !gone.includes(item));
}

/** RFC 6902. */
function jsonPatch(live: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.reduce<unknown>((value, operation) => {
    if (!isObject(operation)) throw badRequest('invalid JSON patch');
    return applyOperation(value, operation);
  }, structuredClone(live));
}

function applyOperation(document: unknown, operation: JsonObject): unknown {
  const path = pointer(operation['path']);
  switch (operation['op']) {
    case 'add':
      return edit(document, path, { add: operation['value'] });
    case 'replace':
      read(document, path);
      return edit(document, path, { replace: operation['value'] });
    case 'remove':
      read(document, path);
      return edit(document, path, 'remove');
    case 'test':
      if (same(read(document, path), operation['value'])) return document;
      throw unprocessable();
    case 'copy':
      return edit(document, path, { add: read(document, pointer(operation['from'])) });
    case 'move': {
      const from = pointer(operation['from']);
      return edit(edit(document, from, 'remove'), path, { add: read(document, from) });
    }
    default:
      throw unprocessable();
  }
}

function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw unprocessable();
  const parts = path.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(part)];
    else if (isObject(value)) value = value[part];
    else value = undefined;
    if (value === undefined) throw unprocessable();
  }
  return value;
}

type Edit = { readonly add: unknown } | { readonly replace: unknown } | 'remove';

function edit(document: unknown, path: readonly string[], change: Edit): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    if (change === 'remove') return undefined;
    return 'add' in change ? change.add : change.replace;
  }
  if (Array.isArray(document)) return editList(document, { head, rest, change });
  if (!isObject(document)) throw unprocessable();
  if (rest.length === 0 && change === 'remove') return omit(document, [head]);
  return {
    ...document,
    [head]: edit(document[head] ?? (rest.length > 0 ? undefined : null), rest, change),
  };
}

function editList(
  list: readonly unknown[],
  { head, rest, change }: { head: string; rest: readonly string[]; change: Edit },
): unknown {
  const index = head === '-' ? list.length : Number(head);
  if (!(index >= 0 && index <= list.length)) throw unprocessable();
  if (rest.length > 0) return list.with(index, edit(list[index], rest, change));
  if (change === 'remove') return list.toSpliced(index, 1);
  return 'add' in change ? list.toSpliced(index, 0, change.add) : list.with(index, change.replace);
}

/** The real API does not say which operation failed, or why. */
function unprocessable(): ApiError {
  const message = 'the server rejected our request due to an error in our request';
  return new ApiError(422, 'Invalid', message);
}
