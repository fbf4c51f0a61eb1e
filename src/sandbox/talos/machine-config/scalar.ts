import type { Scalar } from 'yaml';
import { isTimestamp, resolveScalar } from './go-scalar.js';

/** What a scalar is where no type says what it is to be, with the tag that Go's reader gives it. */
export interface Resolved {
  readonly tag: string;
  readonly value: unknown;
  /** What is written, without quotes. */
  readonly text: string;
}

/** Resolves a scalar as Go's YAML does. */
export function resolve(node: Scalar): Resolved {
  const text = node.source ?? String(node.value);
  const isText = node.type !== 'PLAIN' || /(^!!|:)str$/.test(node.tag ?? '');
  if (isText) return { tag: '!!str', value: text, text };
  const value = resolveScalar(text);
  return { tag: tagOf(value, text), value, text };
}

function tagOf(value: unknown, text: string): string {
  if (value === null) return '!!null';
  if (typeof value === 'boolean') return '!!bool';
  if (typeof value === 'number') {
    const isWritten = /^[-+]?(?:0[bBoOxX][\da-fA-F_]+|[\d_]+)$/.test(text);
    return isWritten && Math.abs(value) < 2 ** 64 ? '!!int' : '!!float';
  }
  return isTimestamp(text) ? '!!timestamp' : '!!str';
}
