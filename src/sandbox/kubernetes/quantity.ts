/** An amount as Kubernetes writes it: `500m`, `1536Mi`, `2e3`. In billionths, so that it is exact. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
}

/** What the API server says of a text that is none (k8s.io/apimachinery, pkg/api/resource). */
export const quantityRule =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?\d+)?$/;
const decimals = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binaries = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const one = 1_000_000_000n;

/** Reads an amount; undefined when it is none. */
export function parseQuantity(value: unknown): Quantity | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = pattern.exec(String(value)) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const binary = suffix.endsWith('i') ? binaries.indexOf(suffix) : 0;
  const exponent = /^[eE](.+)$/.exec(suffix)?.[1];
  const power =
    binary > 0 ? 0 : exponent === undefined ? (decimals.indexOf(suffix) - 3) * 3 : Number(exponent);
  const shift = 9 + power - fraction.length;
  const scaled = digits * 1_024n ** BigInt(binary);
  const nanos =
    shift >= 0 ? scaled * 10n ** BigInt(shift) : roundedUp(scaled, 10n ** BigInt(-shift));
  return { nanos, format: binary > 0 ? 'binary' : exponent === undefined ? 'decimal' : 'exponent' };
}

function roundedUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

/** The one way in which the API server writes an amount: no fractions, the largest unit that fits. */
export function canonical({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  const size = nanos < 0n ? -nanos : nanos;
  if (format === 'binary' && size >= 1_024n * one) {
    const bytes = roundedUp(nanos, one);
    const unit = times(bytes, 1_024n, binaries.length - 1);
    return `${bytes / 1_024n ** BigInt(unit)}${binaries[unit] ?? ''}`;
  }
  const unit = times(nanos, 1_000n, decimals.length - 1);
  const mantissa = nanos / 1_000n ** BigInt(unit);
  if (format !== 'exponent') return `${mantissa}${decimals[unit] ?? ''}`;
  return unit === 3 ? String(mantissa) : `${mantissa}e${(unit - 3) * 3}`;
}

/** How often a value divides without rest, at most so many times. */
function times(value: bigint, by: bigint, most: number): number {
  let count = 0;
  for (let rest = value; count < most && rest % by === 0n; rest /= by) count++;
  return count;
}

const known = new Map<string, number>();

/** An amount as a number, as exact as is needed to add up what pods ask for; 0 when it is none. */
export function amountOf(value: unknown): number {
  const text = String(value);
  const present = known.get(text);
  if (present !== undefined) return present;
  const amount = Number(parseQuantity(text)?.nanos ?? 0n) / 1e9;
  known.set(text, amount);
  return amount;
}
