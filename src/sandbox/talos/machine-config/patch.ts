import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { keyText } from './construct.js';
import { ConfigDecodeError, decodeDocuments, parseYaml, textAt } from './decode.js';
import { documentSchema, v1alpha1Schema } from './documents.js';
import { mergeValues } from './merge.js';
import type { FieldType } from './schema.js';
import type { MachineConfig } from './types.js';

/** One `$patch: delete`: which document, and the way to the thing to remove in it. */
interface Deletion {
  readonly kind: string;
  readonly name: string;
  readonly path: readonly Step[];
}

/** A key of a mapping, or the element of a list whose `key` has this value. */
type Step = string | { readonly key: string; readonly value: string };

/** A strategic-merge patch that was read and checked. */
export interface ConfigPatch {
  readonly deletions: readonly Deletion[];
  readonly config: MachineConfig;
}

/** Reads a patch as strictly as a configuration. Throws {@link ConfigDecodeError}. */
export function parsePatch(text: string): ConfigPatch {
  const source = parseYaml(text);
  const [first] = source.documents;
  if (first && isSeq(first.contents)) {
    throw new ConfigDecodeError(
      'JSON6902 patches are not supported for multi-document machine configuration',
    );
  }
  const deletions: Deletion[] = [];
  const rest = source.documents.filter((document) => {
    const root = document.contents;
    if (!isMap(root)) return true;
    const target = { kind: textAt(root, 'kind') || 'v1alpha1', name: textAt(root, 'name') };
    const removed = takeDeletions(root, [], (path) => deletions.push({ ...target, path }));
    return !removed && root.items.length > 0;
  });
  return { deletions, config: decodeDocuments({ ...source, documents: rest }) };
}

/** Applies patches in their order, as Talos does: deletions first, then the merge. */
export function applyPatches(
  config: MachineConfig,
  patches: readonly ConfigPatch[],
): MachineConfig {
  return patches.reduce((patched, patch) => {
    const kept = patch.deletions.reduce(applyDeletion, patched);
    return mergeConfigs(kept, patch.config);
  }, config);
}

/** Removes `$patch: delete` statements from the tree; true when the node itself is to go. */
function takeDeletions(
  node: YAMLMap,
  path: readonly Step[],
  found: (path: readonly Step[]) => void,
): boolean {
  const statement = node.items.find((pair) => keyText(pair) === '$patch');
  if (statement) {
    if (!isScalar(statement.value) || statement.value.value !== 'delete') {
      throw new ConfigDecodeError('unknown patch operation: only "$patch: delete" is supported');
    }
    found(path);
    return true;
  }
  node.items = node.items.filter((pair) => {
    const here = [...path, keyText(pair)];
    if (isMap(pair.value)) return !takeDeletions(pair.value, here, found);
    return !isSeq(pair.value) || !takeFromList(pair.value, here, found);
  });
  return false;
}

/** True when nothing but deletions was in the list. */
function takeFromList(
  list: { items: unknown[] },
  path: readonly Step[],
  found: (path: readonly Step[]) => void,
): boolean {
  const before = list.items.length;
  list.items = list.items.filter((item) => {
    if (!isMap(item)) return true;
    const selector = item.items.find((pair) => keyText(pair) !== '$patch');
    const step =
      selector && isScalar(selector.value)
        ? { key: keyText(selector), value: String(selector.value.value) }
        : '';
    return !takeDeletions(item, [...path, step], found);
  });
  return before > 0 && list.items.length === 0;
}

function applyDeletion(config: MachineConfig, deletion: Deletion): MachineConfig {
  const { kind, name, path } = deletion;
  if (kind === 'v1alpha1') {
    if (path.length === 0) return { documents: config.documents };
    const v1alpha1 = without(v1alpha1Schema, config.v1alpha1 ?? {}, deletion) as object;
    return { ...config, v1alpha1 };
  }
  const type: FieldType = documentSchema(kind, 'v1alpha1') ?? { kind: 'any' };
  const documents = config.documents.flatMap((document) => {
    if (document.kind !== kind || (document.name ?? '') !== name) return [document];
    if (path.length === 0) return [];
    const body = without(type, document.body, deletion) as Record<string, unknown>;
    return [{ ...document, body }];
  });
  return { ...config, documents };
}

/**
 * The value without what the deletion names. Only a known field of a struct that is there may be
 * unset already: a missing struct on the way, or a missing key of a map, is an error.
 */
function without(type: FieldType, value: unknown, deletion: Deletion, depth = 0): unknown {
  const step = deletion.path[depth];
  const isLast = depth === deletion.path.length - 1;
  if (typeof step === 'object') {
    if (type.kind !== 'list' || !Array.isArray(value)) throw lookupFailed(deletion);
    const matches = (item: unknown): boolean =>
      String((item as Record<string, unknown>)[step.key]) === step.value;
    if (!value.some(matches)) throw lookupFailed(deletion);
    const rest: unknown[] = isLast
      ? value.filter((item) => !matches(item))
      : value.map((item) =>
          matches(item) ? without(type.of, item, deletion, depth + 1) : (item as unknown),
        );
    return rest.length > 0 ? rest : undefined;
  }
  const field = step === undefined ? undefined : fieldAt(type, step);
  if (step === undefined || !field || value === undefined) throw lookupFailed(deletion);
  const record = value as Record<string, unknown>;
  if (isLast && type.kind !== 'struct' && !Object.hasOwn(record, step)) {
    throw lookupFailed(deletion);
  }
  const others = Object.fromEntries(Object.entries(record).filter(([key]) => key !== step));
  const changed = isLast ? undefined : without(field, record[step], deletion, depth + 1);
  return changed === undefined ? others : { ...record, [step]: changed };
}

function fieldAt(type: FieldType, key: string): FieldType | undefined {
  switch (type.kind) {
    case 'struct':
      return Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    case 'map':
      return type.of;
    case 'any':
    case 'object':
      return { kind: 'any' };
    default:
      return undefined;
  }
}

function lookupFailed({ kind, name, path }: Deletion): ConfigDecodeError {
  const text = path
    .map((step) => (typeof step === 'string' ? step : `[${step.key}: ${step.value}]`))
    .join('.');
  return new ConfigDecodeError(
    `patch delete: path '${text}' in document '${name}/${kind}': ` +
      `failed to delete path '${text}': lookup failed`,
  );
}

function mergeConfigs(base: MachineConfig, patch: MachineConfig): MachineConfig {
  const documents = [...base.documents];
  for (const document of patch.documents) {
    const index = documents.findIndex(
      (other) => other.kind === document.kind && other.name === document.name,
    );
    const target = documents[index];
    if (!target) documents.push(document);
    else {
      const type: FieldType = documentSchema(document.kind, 'v1alpha1') ?? { kind: 'any' };
      const body = mergeValues(type, target.body, document.body) as Record<string, unknown>;
      documents[index] = { ...target, body };
    }
  }
  if (!patch.v1alpha1) return { ...base, documents };
  const v1alpha1 = mergeValues(v1alpha1Schema, base.v1alpha1 ?? {}, patch.v1alpha1) as object;
  return { v1alpha1, documents };
}
