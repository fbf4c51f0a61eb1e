const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** What `parseDuration` takes, for messages. */
export const durationForm = 'a number and a unit, such as 90s, 10m or 1h';

/** Reads `90s`, `10m` or `1h` as milliseconds; undefined for anything else, and for nothing at all. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * units[(unit ?? 's') as keyof typeof units];
  return ms > 0 ? ms : undefined;
}
