/** A text as Go's %q writes it. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** The nanoseconds of a duration as Go reads it (`1h30m`); undefined when it is none. */
export function nanoseconds(text: string): number | undefined {
  const plain = text.replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (plain === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(plain)) return undefined;
  const parts = plain.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g);
  const sum = [...parts].reduce(
    (all, [, n = '', unit = '']) => all + Number(n) * (units[unit] ?? 0),
    0,
  );
  return sum > 2 ** 63 ? undefined : sign * sum;
}

/** A duration as Go prints it, `5m0s`. */
export function durationText(text: string): string {
  const all = nanoseconds(text) ?? 0;
  if (all === 0) return '0s';
  const sign = all < 0 ? '-' : '';
  const ns = Math.abs(all);
  for (const [unit, size] of [
    ['ns', 1],
    ['µs', 1e3],
    ['ms', 1e6],
  ] as const) {
    if (ns < size * 1000) return `${sign}${ns / size}${unit}`;
  }
  const hours = Math.floor(ns / 3600e9);
  const minutes = Math.floor(ns / 60e9) % 60;
  const seconds = `${(ns % 60e9) / 1e9}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}
