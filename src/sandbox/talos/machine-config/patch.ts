import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { keyText } from './construct.js';
import { decodeDocuments, parseYaml, textAt } from './decode.js';
import { ConfigDecodeError } from './decode-error.js';
import { documentConflict } from './document-conflicts.js';
import { layoutOf, type Layout } from './layout/layout.js';
import { mergeValues } from './merge.js';
import { anything, typeAt, type FieldType } from './schema.js';
import type { ConfigDocument, MachineConfig } from './types.js';

/** One `$patch: delete`: which document, and the way to the thing to remove in it. */
interface Deletion {
  readonly kind: string;
  readonly name: string;
  readonly path: readonly Step[];
}

/** A key of a mapping, or the element of a list whose `key` has this value; `index` is its place in the patch. */
type Step = string | { readonly index: number; readonly key: string; readonly value: string };

/** A strategic-merge patch that was read and checked. */
export interface ConfigPatch {
  readonly deletions: readonly Deletion[];
  readonly config: MachineConfig;
  /** A list of operations on paths, which no configuration of several documents takes. */
  readonly isJson: boolean;
  readonly layout: Layout;
}

/** Reads a patch as strictly as a configuration. Throws {@link ConfigDecodeError}. */
export function parsePatch(text: string, talosVersion = 'v1.13.9'): ConfigPatch {
  const source = parseYaml(text);
  const layout = layoutOf(talosVersion);
  const given = source.documents.filter(({ contents }) => contents && !isNull(contents));
  if (given.length === 0 || isSeq(given[0]?.contents)) {
    return { deletions: [], config: { documents: [] }, isJson: true, layout };
  }
  const deletions: Deletion[] = [];
  const rest = source.documents.filter((document) => {
    const root = document.contents;
    if (!isMap(root)) return true;
    const target = { kind: textAt(root, 'kind') || 'v1alpha1', name: textAt(root, 'name') };
    const removed = takeDeletions(root, [], (path) => deletions.push({ ...target, path }));
    return !removed && !isEmptyDocument(root);
  });
  const config = decodeDocuments({ ...source, documents: rest }, layout, layout.minor >= 14);
  const isEmpty = !config.v1alpha1 && config.documents.length === 0;
  if (isEmpty && deletions.length === 0) throw new ConfigDecodeError('config not found');
  return { deletions, config, isJson: false, layout };
}

function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

/** Whether nothing but names is in a document; Talos leaves such out of a patch. */
function isEmptyDocument(root: YAMLMap): boolean {
  const names = ['version', 'kind', 'name'];
  return root.items.every((pair) => names.includes(keyText(pair)) && isScalar(pair.value));
}

/** Applies patches in their order, as Talos does: deletions first, then the merge. */
export function applyPatches(
  config: MachineConfig,
  patches: readonly ConfigPatch[],
): MachineConfig {
  return patches.reduce((patched, patch) => {
    if (patch.isJson) {
      throw new ConfigDecodeError(
        'JSON6902 patches are not supported for multi-document machine configuration',
      );
    }
    const { layout } = patch;
    const deletions = patch.deletions.toSorted((a, b) => rank(a) - rank(b));
    const kept = deletions.reduce(
      (before, deletion) => applyDeletion(before, deletion, layout),
      patched,
    );
    const merged = mergeConfigs(kept, patch.config, layout);
    const conflict = documentConflict(merged.documents);
    if (conflict !== undefined) throw new ConfigDecodeError(conflict);
    return merged;
  }, config);
}

/** Removes `$patch: delete` statements from the tree; true when the node itself is to go. */
function takeDeletions(
  node: YAMLMap,
  path: readonly Step[],
  found: (path: readonly Step[]) => void,
): boolean {
  const isDeletion = ({ key, value }: Pair): boolean =>
    isScalar(key) && key.value === '$patch' && isScalar(value) && value.value === 'delete';
  if (node.items.some(isDeletion)) {
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
  list.items = list.items.filter((item, index) => {
    if (!isMap(item)) return true;
    const selector = item.items.find((pair) => keyText(pair) !== '$patch');
    const step =
      selector && isScalar(selector.value)
        ? { index, key: keyText(selector), value: String(selector.value.value) }
        : '';
    return !takeDeletions(item, [...path, step], found);
  });
  return before > 0 && list.items.length === 0;
}

/** Deletions in the document without a kind come first. */
function rank({ kind }: Deletion): number {
  return kind === 'v1alpha1' ? 0 : 1;
}

function applyDeletion(config: MachineConfig, deletion: Deletion, layout: Layout): MachineConfig {
  const { kind, name, path } = deletion;
  if (kind === 'v1alpha1') {
    if (path.length === 0) return { documents: config.documents };
    const v1alpha1 = without(layout.config, config.v1alpha1 ?? {}, deletion) as object;
    return { ...config, v1alpha1 };
  }
  const type: FieldType = layout.document(kind, 'v1alpha1') ?? anything;
  const isHere = config.documents.some(
    (document) => document.kind === kind && (document.name ?? '') === name,
  );
  // Talos 1.14 takes it as done; before, it falls over it.
  if (!isHere && layout.minor >= 14) return config;
  if (!isHere) return { ...config, documents: [...config.documents, nothing(name)] };
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
  const field = step === undefined ? undefined : typeAt(type, step);
  if (step === undefined || !field || value === undefined) throw lookupFailed(deletion);
  const record = value as Record<string, unknown>;
  if (isLast && type.kind !== 'struct' && !Object.hasOwn(record, step)) {
    throw lookupFailed(deletion);
  }
  const others = Object.fromEntries(Object.entries(record).filter(([key]) => key !== step));
  const changed = isLast ? undefined : without(field, record[step], deletion, depth + 1);
  return changed === undefined ? others : { ...record, [step]: changed };
}

/** What Talos leaves where a document was to be deleted that is not there: it fails over it. */
function nothing(name: string): ConfigDocument {
  if (name === '') return { kind: '', body: {} };
  throw new ConfigDecodeError(
    'panic: reflect.Value.Interface: cannot return value obtained from unexported field or method',
  );
}

function lookupFailed({ kind, name, path }: Deletion): ConfigDecodeError {
  const text = path.map((step) => (typeof step === 'string' ? step : `[${step.index}]`)).join('.');
  const failed = `failed to delete path '${text}': lookup failed`;
  if (name !== '') {
    return new ConfigDecodeError(`named patch delete: document v1alpha1/${kind}: ${failed}`);
  }
  const version = kind === 'v1alpha1' ? '' : 'v1alpha1';
  return new ConfigDecodeError(
    `patch delete: path '${text}' in document '${version}/${kind}': ${failed}`,
  );
}

function mergeConfigs(base: MachineConfig, patch: MachineConfig, layout: Layout): MachineConfig {
  const documents = [...base.documents];
  for (const document of patch.documents) {
    const index = documents.findIndex(
      (other) => other.kind === document.kind && other.name === document.name,
    );
    const target = documents[index];
    if (!target) documents.push(document);
    else {
      const type: FieldType = layout.document(document.kind, 'v1alpha1') ?? anything;
      const body = mergeValues(type, target.body, document.body) as Record<string, unknown>;
      documents[index] = { ...target, body };
    }
  }
  if (!patch.v1alpha1) return { ...base, documents };
  const v1alpha1 = mergeValues(layout.config, base.v1alpha1 ?? {}, patch.v1alpha1) as object;
  return { v1alpha1, documents };
}
