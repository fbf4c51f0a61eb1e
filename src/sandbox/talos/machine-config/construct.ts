import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { Pair, Scalar, YAMLMap } from 'yaml';
import { constructScalar } from './construct-scalar.js';
import { ConfigDecodeError } from './decode-error.js';
import { base64Objection } from './layout/leaf-types.js';
import { mergeObjection, withMerged } from './merge-keys.js';
import { resolve } from './scalar.js';
import type { FieldType, Struct } from './schema.js';

/** What is needed to read a YAML tree: its source positions and a place for findings. */
export interface Reading {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** `line N: …`, in the order of the file. */
  readonly errors: string[];
}

/** The line (from 1) on which a node starts. */
export function lineOf(node: Node | null | undefined, reading: Pick<Reading, 'lines'>): number {
  return reading.lines.linePos(node?.range?.[0] ?? 0).line;
}

/** The text of a mapping's key. */
export function keyText(pair: Pair): string {
  if (!isScalar(pair.key)) return '';
  return pair.key.source ?? String(pair.key.value);
}

/** What a value that Talos cannot read becomes: it is neither set nor null. */
const unreadable = Symbol('unreadable');

/**
 * Reads a YAML tree as the type that Talos expects. Values of the wrong type are reported in the
 * words of Talos' YAML decoder; what is null is left out, as it sets nothing in Talos either.
 */
export function construct(type: FieldType, given: unknown, reading: Reading): unknown {
  const value = read(type, given, reading);
  return value === unreadable || value === null ? undefined : value;
}

function read(type: FieldType, given: unknown, reading: Reading): unknown {
  const node = (isAlias(given) ? given.resolve(reading.document) : given) as Node | null;
  if (!node) return null;
  if (type.kind === 'text' || type.kind === 'choice') {
    if (!isScalar(node)) {
      const name = `${type.isPointer ? '*' : ''}${type.name} (TextUnmarshaler)`;
      return mismatch(name, node, reading);
    }
  } else if (!isScalar(node)) return readCollection(type, node, reading);
  if (resolve(node).tag === '!!null') return null;
  return readScalar(type, node, reading);
}

function readCollection(type: FieldType, node: Node, reading: Reading): unknown {
  switch (type.kind) {
    case 'any':
      return plain(node, reading);
    case 'object':
      return isMap(node) ? plainMap(node, reading) : mismatch(type.name, node, reading);
    case 'struct':
      if (!isMap(node)) return mismatch(nameOf(type), node, reading);
      return type.isEncoded
        ? readEncoded(type, node, reading)
        : constructStruct(type, node, reading);
    case 'map':
      return isMap(node)
        ? constructMap(type.of, node, reading)
        : mismatch(type.name, node, reading);
    case 'list':
      return isSeq(node)
        ? constructList(type.of, node.items, reading)
        : mismatch(type.name, node, reading);
    case 'argument':
      return readArgument(node, reading);
    case 'checked':
    case 'ports':
      return mismatch('string', node, reading);
    default:
      return mismatch(type.name, node, reading);
  }
}

function readScalar(type: FieldType, node: Scalar, reading: Reading): unknown {
  if (type.kind === 'any') return plain(node, reading);
  const read = constructScalar({ ...type, name: nameOf(type) }, resolve(node));
  if ('value' in read) return read.value;
  reading.errors.push(`line ${lineOf(node, reading)}: ${read.error}`);
  return unreadable;
}

/** Certificates are read into a section without a name. */
function nameOf(type: FieldType): string {
  if (type.kind !== 'struct' || !type.isEncoded) return type.name;
  const fields = Object.keys(type.fields).map((key) => {
    const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    return `${name} string "yaml:\\"${key}\\""`;
  });
  return `struct { ${fields.join('; ')} }`;
}

/** A part that Talos hands on as it is: without a type, Go's reader decides what each scalar is. */
function plain(given: unknown, reading: Reading): unknown {
  const node = isAlias(given) ? given.resolve(reading.document) : given;
  if (isSeq(node)) return node.items.map((item) => plain(item, reading));
  if (isMap(node)) return plainMap(node, reading);
  return isScalar(node) ? resolve(node).value : null;
}

function plainMap(node: YAMLMap, reading: Reading): Record<string, unknown> {
  reportDuplicates(node, reading);
  const pairs = withMerged(node, reading.document);
  return Object.fromEntries(pairs.map((pair) => [keyText(pair), plain(pair.value, reading)]));
}

function constructStruct(type: Struct, node: YAMLMap, reading: Reading): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (reportDuplicates(node, reading)) return result;
  for (const pair of node.items) {
    const key = keyText(pair);
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (!field) continue;
    const value = construct(field.type, pair.value, reading);
    if (value !== undefined) result[key] = value;
  }
  const { contents } = result;
  if (type.name === 'v1alpha1.ClusterInlineManifest' && typeof contents === 'string') {
    result['contents'] = contents.replace(/^[\t\n\v\f\r]+/, '');
  }
  return result;
}

/** A certificate and its key: what is not given is empty; what is no base64 is told at their start. */
function readEncoded(type: Struct, node: YAMLMap, reading: Reading): Record<string, unknown> {
  const before = reading.errors.length;
  const pair = constructStruct(type, node, reading) as Record<string, string>;
  if (reading.errors.length > before) return pair;
  for (const key of Object.keys(type.fields)) {
    const text = (pair[key] ??= '');
    const why = key === 'key' && text === '******' ? undefined : base64Objection(text);
    if (why === undefined) continue;
    reading.errors.push(`line ${lineOf(node, reading)}: ${why}`);
    break;
  }
  return pair;
}

function constructMap(of: FieldType, node: YAMLMap, reading: Reading): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (reportDuplicates(node, reading)) return result;
  const objection = of.kind === 'string' ? mergeObjection(node) : undefined;
  if (objection !== undefined) throw new ConfigDecodeError(objection);
  for (const pair of withMerged(node, reading.document)) {
    const value = read(of, pair.value, reading);
    if (value !== unreadable) result[keyText(pair)] = value ?? empty(of);
  }
  return result;
}

/** What a key without a value holds: a label is an empty string then, a section is missing. */
function empty(of: FieldType): unknown {
  if (of.kind === 'string') return '';
  return of.kind === 'bool' ? false : null;
}

function constructList(of: FieldType, items: readonly unknown[], reading: Reading): unknown[] {
  const values = items.map((item) => read(of, item, reading));
  const keepsNull = of.isPointer === true || ['any', 'list', 'map'].includes(of.kind);
  return values.filter((value) => value !== unreadable && (keepsNull || value !== null));
}

/** A value of a command line argument: one text, or a list of them. */
function readArgument(node: Node, reading: Reading): unknown {
  const isTexts = isSeq(node) && node.items.every((item) => isScalar(item) || isAlias(item));
  if (!isTexts) {
    reading.errors.push(
      `line ${lineOf(node, reading)}: arg value must be a string or list of strings`,
    );
    return unreadable;
  }
  return constructList({ kind: 'string', name: 'string' }, node.items, reading);
}

/** True when a key is there twice; Talos then reads nothing of the mapping. */
function reportDuplicates(node: YAMLMap, reading: Reading): boolean {
  const seen = new Map<string, number>();
  const before = reading.errors.length;
  for (const pair of node.items) {
    const key = keyText(pair);
    const line = lineOf(pair.key as Node, reading);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else reading.errors.push(`line ${line}: mapping key "${key}" already defined at line ${first}`);
  }
  return reading.errors.length > before;
}

function mismatch(name: string, node: Node, reading: Reading): typeof unreadable {
  const tag = isMap(node) ? '!!map' : '!!seq';
  reading.errors.push(`line ${lineOf(node, reading)}: cannot construct ${tag} into ${name}`);
  return unreadable;
}
