import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { flawsOf, offsetOf, tooDeep, yamlOptions } from './yaml-walk.js';

/** A place in the file that was read: line and column, both from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in the file; `path` is empty when it concerns the file as a whole. */
export interface Problem {
  readonly position: Position;
  /** As `workers.0.count`. */
  readonly path: string;
  readonly reason: string;
}

export type Path = readonly (string | number)[];

/** YAML text with its value and the places where the parts of the value stand. */
export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value stands; for a missing one its key's place, else the next outer one's. */
  valueAt(path: Path): Position;
  /** Where the key stands that ends the path. */
  keyAt(path: Path): Position;
}

const start: Position = { line: 1, column: 1 };

/** Reads YAML 1.2. Errors of the syntax are returned as problems, never thrown. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...yamlOptions, lineCounter: lines });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const errors = ownErrors(document.errors).map((error) => ({
    offset: error.pos[0],
    reason: syntaxReason(error),
  }));
  const broken = document.errors.some(({ code }) => !plainCodes.has(code));
  const flaws = broken ? [] : flawsOf(document);
  const problems = [...errors, ...flaws].map(({ offset, reason }) => ({
    position: at(offset),
    path: '',
    reason,
  }));
  const value = problems.length > 0 ? undefined : valueOf(document);
  if (value instanceof ReferenceError) {
    problems.push({ position: start, path: '', reason: `not valid YAML: ${value.message}` });
  }
  return {
    value,
    problems,
    valueAt: (path) => placeOf(document, path, 'value', at),
    keyAt: (path) => placeOf(document, path, 'key', at),
  };
}

/** After the first error of the syntax the parser is out of step: what it reports then is noise. */
function ownErrors(errors: readonly YAMLError[]): readonly YAMLError[] {
  const isSyntax = ({ code }: YAMLError) => !plainCodes.has(code);
  const first = errors.findIndex(isSyntax);
  return errors.filter((error, index) => index === first || (first === -1 && !isSyntax(error)));
}

const plainCodes: ReadonlySet<string> = new Set(['TAB_AS_INDENT', 'MULTIPLE_DOCS']);

/** The value, or the error that aliases without an anchor or without an end lead to. */
function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function placeOf(
  document: Document.Parsed,
  path: Path,
  which: 'key' | 'value',
  at: (offset: number) => Position,
): Position {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1;
    const entry = entryOf(resolved(node, document), part);
    if (!entry) break;
    const hasValue = !isScalar(entry.value) || entry.value.value !== null;
    // What is missing further in is reported at the key that should hold it.
    const wantsValue = hasValue && (last ? which === 'value' : entry.key === undefined);
    offset = offsetOf(wantsValue ? entry.value : (entry.key ?? entry.value)) ?? offset;
    node = entry.value;
  }
  return offset === undefined ? start : at(offset);
}

interface Entry {
  /** Undefined for the entries of a list. */
  readonly key: unknown;
  readonly value: unknown;
}

function entryOf(node: unknown, part: string | number): Entry | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(part)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(node)) return undefined;
  const pair = pairsOf(node).get(String(part));
  return pair && { key: pair.key, value: pair.value };
}

/** Made once for each mapping: thousands of problems may be in one. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(node: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(node);
  if (known) return known;
  const named = node.items.flatMap((pair: Pair): (readonly [string, Pair])[] =>
    isScalar(pair.key) ? [[String(pair.key.value), pair]] : [],
  );
  // The first of a name counts.
  const made = new Map([...named].reverse());
  pairs.set(node, made);
  return made;
}

function resolved(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** The common mistakes in plain words; of the others, what the YAML library says. */
function syntaxReason(error: YAMLError): string {
  switch (error.code) {
    case 'RESOURCE_EXHAUSTION':
      return tooDeep;
    case 'TAB_AS_INDENT':
      return 'a tab cannot indent YAML; use spaces';
    case 'MULTIPLE_DOCS':
      return 'a second YAML document begins here; cluster.yaml holds one';
    default:
      return `not valid YAML: ${lowerFirst(error.message)}`;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
