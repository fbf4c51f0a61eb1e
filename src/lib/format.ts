/** Milliseconds as people say them: `0.4s`, `12s`, `3m 05s`, `1h 02m`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

/** How far away a time is, for people: `12s`, `4m`, `3h`, `29 days`. */
export function formatDistance(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3_600)}h`;
  return plural(Math.round(seconds / 86_400), 'day');
}

/** `14:32:05`, in the machine's time zone; ms since the epoch. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `98`, `1307`, and below ten with a decimal: `0.5`. */
export function megabytes(bytes: number): string {
  const amount = bytes / 1_000_000;
  return amount < 9.95 ? amount.toFixed(1) : amount.toFixed(0);
}

/** `1 server`, `2 servers`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** Names that differ in nothing but their numbers, by those: `demo-web-1 to -3`, `demo-web-1, -3 and -5 to -9`. */
export function enumerateNames(names: readonly string[]): string {
  const numbers = new Map<string, number[]>();
  for (const name of names) {
    const [, stem = name, number] = /^(.+)-(0|[1-9]\d{0,8})$/.exec(name) ?? [];
    const known = numbers.get(stem) ?? [];
    numbers.set(stem, number === undefined ? known : [...known, Number(number)]);
  }
  return enumerate(
    [...numbers].flatMap(([stem, found]) => {
      const [first, ...more] = rangesOf(found, '-');
      return [`${stem}${first ?? ''}`, ...more];
    }),
  );
}

/** `7`, `7 and 8`, `7 to 9 and 12`. */
export function enumerateNumbers(numbers: readonly number[]): string {
  return enumerate(rangesOf(numbers, ''));
}

/** What follows one upon the other as one, in ascending order. */
function rangesOf(numbers: readonly number[], sign: string): string[] {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.flatMap(([first, last]) => {
    const ends = [`${sign}${first}`, `${sign}${last}`];
    if (last > first + 1) return [ends.join(' to ')];
    return first === last ? ends.slice(1) : ends;
  });
}
