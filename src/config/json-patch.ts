import { stringify } from 'yaml';

const refusal =
  'this is a JSON patch (RFC 6902), which Talos does not take for its configuration of several ' +
  'documents; write it as a strategic-merge patch';

/** Why a patch is refused that is a list of operations or one of them; undefined for all others. */
export function jsonPatchReason(value: unknown): string | undefined {
  const operations: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (operations.length === 0 || !operations.every(isOperation)) return undefined;
  const merged = strategicMerge(operations);
  if (merged !== undefined) return `${refusal}: ${flow(merged)}`;
  return `${refusal}: keys as they stand in the machine configuration, and $patch: delete at what is to go`;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function isOperation(value: unknown): value is Operation {
  if (!isMapping(value)) return false;
  return typeof value['op'] === 'string' && typeof value['path'] === 'string';
}

type Mapping = Record<string, unknown>;

/** The same as a strategic-merge patch; undefined when there is none that surely does the same. */
function strategicMerge(operations: readonly Operation[]): Mapping | undefined {
  const root: Mapping = {};
  return operations.every((operation) => addTo(root, operation)) ? root : undefined;
}

function addTo(root: Mapping, { op, path, value }: Operation): boolean {
  const keys = path.split('/').slice(1).map(unescaped);
  const appends = keys.at(-1) === '-';
  const names = appends ? keys.slice(0, -1) : keys;
  // A place in a list has no name in a strategic-merge patch, and a list is appended, not replaced.
  if (names.length === 0 || names.some((key) => /^(\d+|-|)$/.test(key))) return false;
  if (op === 'remove') return !appends && put(root, names, { $patch: 'delete' });
  if (op !== 'add' && op !== 'replace') return false;
  if (appends) return put(root, names, [value]);
  return !Array.isArray(value) && put(root, names, value);
}

function put(root: Mapping, names: readonly string[], value: unknown): boolean {
  const [name = '', ...rest] = names;
  if (rest.length === 0) {
    if (name in root) return false;
    root[name] = value;
    return true;
  }
  const inner = (root[name] ??= {});
  return isMapping(inner) && !('$patch' in inner) && put(inner, rest, value);
}

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** In one line, as it can be pasted. */
function flow(value: Mapping): string {
  const [[key, inner] = ['', undefined], ...others] = Object.entries(value);
  const line = (one: unknown) =>
    stringify(one, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
  return others.length > 0 || !isMapping(inner) ? line(value) : `${line(key)}: ${line(inner)}`;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
