import type { z } from 'zod';
import { closest, distance } from 'fastest-levenshtein';

/** The reason of a schema problem in the words of cluster.yaml; never repeats the value. */
export function reasonOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      if (issue.expected === 'int' && typeof issue.input === 'number')
        return 'must be a whole number';
      return `must be ${kindNames[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at least ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at most ${issue.maximum}`
        : `must have at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`;
    default:
      return undefined;
  }
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys and values',
  record: 'a mapping of keys and values',
};

/** What a value of the file is, in plain words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'string' ? 'text' : 'a mapping of keys and values';
}

/** The reason for a key that is not one of `known`, with the one that was probably meant. */
export function unknownKeyReason(key: string, known: readonly string[]): string {
  const reason = `unknown key "${key}"`;
  if (known.length === 0) return reason;
  const near = closest(key, known);
  const close = distance(key, near) <= Math.max(2, Math.floor(near.length / 3));
  return close ? `${reason} (did you mean "${near}"?)` : reason;
}
