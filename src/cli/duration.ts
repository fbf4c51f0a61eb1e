import { durationForm, parseDuration } from '../lib/duration.js';
import { UsageError } from '../lib/errors.js';

/** Reads `90s`, `10m` or `1h` as milliseconds; for options. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`It takes ${durationForm}.`);
}

/** A duration as options take it: `90s`. */
export function durationText(ms: number): string {
  return `${Math.ceil(ms / 1_000)}s`;
}

/** Reads a number of nodes; for options. */
export function parseNodeCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= 100) return count;
  throw new UsageError('It takes a whole number from 0 to 100.');
}

/** Reads how many nodes are away at the same time; for options. */
export function parseUnavailable(text: string): number {
  const count = Number(text);
  if (/^[1-9]\d*$/.test(text) && count <= 100) return count;
  throw new UsageError('It takes a whole number from 1 to 100.');
}

/** Reads whether there may be a server more for a time; for options. */
export function parseSurge(text: string): boolean {
  if (text === '0' || text === '1') return text === '1';
  throw new UsageError('It takes 0 or 1.');
}
