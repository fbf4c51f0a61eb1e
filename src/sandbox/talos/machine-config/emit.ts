import { stringify } from 'yaml';
import { needsQuotes } from './go-scalar.js';
import { isMapping } from './values.js';

/**
 * YAML as Go's encoder writes it in Talos: four spaces, of which an element of a list takes two,
 * and its quotes.
 */
export function emitYaml(value: unknown): string {
  const block = blockOf(value, 0);
  return block === undefined ? `${scalar(value, 0)}\n` : block;
}

/** A scalar that is written as it is. */
export class Written {
  constructor(readonly text: string) {}
}

/** Go's emitter goes to the next multiple of four. */
function deeper(indent: number): number {
  return 4 * Math.floor((indent + 4) / 4);
}

/** The lines of a mapping or a list that is not empty; undefined for all else. */
function blockOf(value: unknown, indent: number): string | undefined {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return value.map((item) => `${pad}- ${inItem(item, indent + 2)}`).join('');
  }
  if (!isMapping(value) || value instanceof Written) return undefined;
  if (Object.keys(value).length === 0) return undefined;
  return Object.entries(value)
    .map(([key, part]) => `${pad}${scalar(key, indent)}:${afterKey(part, indent)}`)
    .join('');
}

/** An element of a list starts on the line of its dash. */
function inItem(item: unknown, indent: number): string {
  const block = blockOf(item, indent);
  return block === undefined ? `${scalar(item, indent)}\n` : block.slice(indent);
}

function afterKey(part: unknown, indent: number): string {
  const block = blockOf(part, deeper(indent));
  return block === undefined ? ` ${scalar(part, deeper(indent))}\n` : `\n${block}`;
}

function scalar(value: unknown, indent: number): string {
  if (value instanceof Written) return value.text;
  if (typeof value === 'string') return text(value, indent);
  if (Array.isArray(value)) return '[]';
  if (isMapping(value)) return '{}';
  if (value === Infinity || value === -Infinity) return value > 0 ? '.inf' : '-.inf';
  return JSON.stringify(value ?? null);
}

function text(value: string, indent: number): string {
  if (/^[A-Za-z/][\w/.@+=-]*$/.test(value) && !needsQuotes(value)) return value;
  if (value.includes('\n')) return lines(value, indent);
  if (value === '' || needsQuotes(value)) return JSON.stringify(value);
  const isPlain = !/^(\.\.\.|---)/.test(value) && stringify(value, plain).trimEnd() === value;
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`;
}

const plain = { singleQuote: true, lineWidth: 0 };

/** A text of several lines, as it is. */
function lines(value: string, indent: number): string {
  // eslint-disable-next-line no-control-regex -- what YAML cannot show needs escapes
  if (/[\0-\x08\x0b-\x1f\x7f]|[ \t]\n/.test(value) && /[\0-\x08\x0b-\x1f\x7f]/.test(value)) {
    return JSON.stringify(value);
  }
  const end = value.endsWith('\n\n') || value === '\n' ? '+' : value.endsWith('\n') ? '' : '-';
  const hint = /^[ \n]/.test(value) ? '4' : '';
  const pad = ' '.repeat(indent);
  const body = value.replace(/\n$/, '').split('\n');
  return `|${hint}${end}\n${body.map((line) => (line === '' ? '' : `${pad}${line}`)).join('\n')}`;
}
