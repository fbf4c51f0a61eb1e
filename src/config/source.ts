import { isScalar, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import {
  entryOf,
  keysOf,
  nodeAt,
  offsetOf,
  plainText,
  resolved,
  type Path,
  type YamlKey,
} from './yaml-nodes.js';
import { flawsOf, tooDeep, yamlOptions } from './yaml-walk.js';

export type { Path } from './yaml-nodes.js';

/** A place in the file that was read: line and column, both from 1. */
export interface Position {
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

/** YAML text with its value and the places where the parts of the value stand. */
export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value stands; for a missing one its key's place, else the next outer one's. */
  valueAt(path: Path): Position;
  /** Where the key stands that ends the path. */
  keyAt(path: Path): Position;
  /** A place in the text of a scalar; exact in a block such as `|`, else where the scalar begins. */
  withinAt(path: Path, inner: Position): Position;
  /** The text of a scalar without quotes, as it stands in the file; undefined for all else. */
  plainAt(path: Path): string | undefined;
  /** The keys of the mapping, in their order: as they were read, and as they stand in the file. */
  keysAt(path: Path): readonly YamlKey[];
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
    withinAt: (path, inner) => {
      const begin = placeOf(document, path, 'value', at);
      return within({ node: nodeAt(document, path), begin, text }, inner);
    },
    plainAt: (path) => plainText(nodeAt(document, path)),
    keysAt: (path) => keysOf(nodeAt(document, path), document),
  };
}

interface Block {
  readonly node: unknown;
  readonly begin: Position;
  /** The whole file. */
  readonly text: string;
}

function within({ node, begin, text }: Block, { line, column }: Position): Position {
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL') return begin;
  const [first = ''] = String(node.value)
    .split('\n')
    .filter((one) => one.trim() !== '');
  const indented =
    text
      .split('\n')
      .slice(begin.line)
      .find((one) => one.trim() !== '') ?? '';
  const indent = Math.max(0, indentOf(indented) - indentOf(first));
  return { line: begin.line + line, column: column + indent };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
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
    const entry = entryOf(resolved(node, document), part, document);
    if (!entry) break;
    const hasValue = !isScalar(entry.value) || entry.value.value !== null;
    // What is missing further in is reported at the key that should hold it.
    const wantsValue = hasValue && (last ? which === 'value' : entry.key === undefined);
    offset = offsetOf(wantsValue ? entry.value : (entry.key ?? entry.value)) ?? offset;
    node = entry.value;
  }
  return offset === undefined ? start : at(offset);
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
