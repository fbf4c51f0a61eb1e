import { InvalidArgumentError } from 'commander';

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Reads `90s`, `10m` or `1h` as milliseconds; for options. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * units[(unit ?? 's') as keyof typeof units];
  if (ms > 0) return ms;
  throw new InvalidArgumentError('It takes a number and a unit, such as 90s, 10m or 1h.');
}

/** Reads a number of nodes; for options. */
export function parseNodeCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= 100) return count;
  throw new InvalidArgumentError('It takes a whole number from 0 to 100.');
}
