import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { Pair, Scalar, YAMLMap } from 'yaml';
import { resolveScalar } from './go-scalar.js';
import { typeName, type FieldType, type Struct } from './schema.js';

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
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

/**
 * Reads a YAML tree as the type that Talos expects. Values of the wrong type are reported in the
 * words of Talos' YAML decoder; what is null is left out, as it sets nothing in Talos either.
 */
export function construct(type: FieldType, given: unknown, reading: Reading): unknown {
  const node = isAlias(given) ? given.resolve(reading.document) : given;
  if (node === null || node === undefined) return undefined;
  if (isScalar(node) && node.value === null) return undefined;
  switch (type.kind) {
    case 'any':
      return plain(node, reading);
    case 'object':
      return isMap(node) ? plain(node, reading) : mismatch(type, node as Node, reading);
    case 'struct':
      return isMap(node)
        ? constructStruct(type, node, reading)
        : mismatch(type, node as Node, reading);
    case 'map':
      return isMap(node)
        ? constructMap(type.of, node, reading)
        : mismatch(type, node as Node, reading);
    case 'list':
      if (!isSeq(node)) return mismatch(type, node as Node, reading);
      return node.items.map((item) => construct(type.of, item, reading));
    default:
      return isScalar(node)
        ? constructScalar(type, node, reading)
        : mismatch(type, node as Node, reading);
  }
}

/** A part that Talos hands on as it is: without a type, Go's reader decides what each scalar is. */
function plain(given: unknown, reading: Reading): unknown {
  const node = isAlias(given) ? given.resolve(reading.document) : given;
  if (isSeq(node)) return node.items.map((item) => plain(item, reading));
  if (isMap(node)) {
    const entries = node.items.map((pair) => [keyText(pair), plain(pair.value, reading)]);
    return Object.fromEntries(entries) as unknown;
  }
  if (!isScalar(node)) return null;
  return node.type === 'PLAIN' ? resolveScalar(node.source ?? '') : node.value;
}

function constructStruct(type: Struct, node: YAMLMap, reading: Reading): Record<string, unknown> {
  reportDuplicates(node, reading);
  const result: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = keyText(pair);
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    if (!field) continue;
    const value = construct(field, pair.value, reading);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function constructMap(of: FieldType, node: YAMLMap, reading: Reading): Record<string, unknown> {
  reportDuplicates(node, reading);
  const result: Record<string, unknown> = {};
  for (const pair of node.items) {
    // A label without a value is an empty string in Talos, not an absent one.
    const value = construct(of, pair.value, reading) ?? (of.kind === 'string' ? '' : undefined);
    if (value !== undefined) result[keyText(pair)] = value;
  }
  return result;
}

function reportDuplicates(node: YAMLMap, reading: Reading): void {
  const seen = new Map<string, number>();
  for (const pair of node.items) {
    const key = keyText(pair);
    const line = lineOf(pair.key as Node, reading);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else reading.errors.push(`line ${line}: mapping key "${key}" already defined at line ${first}`);
  }
}

function constructScalar(type: FieldType, node: Scalar, reading: Reading): unknown {
  const text = node.source ?? String(node.value);
  switch (type.kind) {
    case 'bool': {
      const asBool = typeof node.value === 'boolean' ? node.value : oldBool(node, text);
      return asBool ?? mismatch(type, node, reading);
    }
    case 'int':
      return Number.isSafeInteger(node.value) ? node.value : mismatch(type, node, reading);
    case 'duration':
      if (typeof node.value === 'number' || /^([\d.]+(ns|us|µs|ms|s|m|h))+$/.test(text))
        return text;
      return mismatch(type, node, reading);
    case 'base64':
      return base64Text(text, node, reading);
    case 'choice':
      if (!type.values.includes(text)) {
        report(`${text} does not belong to ${type.name} values`, node, reading);
      }
      return text;
    default:
      return text;
  }
}

/** Go's decoder still takes the words of YAML 1.1 where a boolean is expected. */
function oldBool(node: Scalar, text: string): boolean | undefined {
  if (node.type !== 'PLAIN') return undefined;
  if (/^(y|yes|on)$/i.test(text)) return true;
  return /^(n|no|off)$/i.test(text) ? false : undefined;
}

function base64Text(text: string, node: Node, reading: Reading): string {
  const bad = text.search(/[^A-Za-z0-9+/=]/);
  if (bad >= 0) report(`illegal base64 data at input byte ${bad}`, node, reading);
  else if (text.length % 4 !== 0) {
    report(`illegal base64 data at input byte ${text.length - (text.length % 4)}`, node, reading);
  }
  return text;
}

function mismatch(type: FieldType, node: Node, reading: Reading): unknown {
  report(`cannot construct ${describe(node)} into ${typeName(type)}`, node, reading);
  return undefined;
}

function report(message: string, node: Node, reading: Reading): void {
  reading.errors.push(`line ${lineOf(node, reading)}: ${message}`);
}

function describe(node: Node): string {
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  const scalar = node as Scalar;
  const text = scalar.source ?? String(scalar.value);
  return `${tagOf(scalar.value)} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
}

function tagOf(value: unknown): string {
  if (typeof value === 'boolean') return '!!bool';
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float';
  return '!!str';
}
