import { ApiError, badRequest, unsupportedMediaType } from './api-error.js';
import { isObject, omit, same, type JsonObject } from './json.js';
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
  if (Array.isArray(patch)) return mergeList(live, patch, schema);
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
    const merged =
      value === null ? undefined : strategicMerge(result[field], value, fieldSchema(schema, field));
    if (merged === undefined) Reflect.deleteProperty(result, field);
    else result[field] = merged;
  }
  return result;
}

function mergeList(live: unknown, patch: readonly unknown[], schema: Schema | undefined): unknown {
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
  return result;
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
