import { nanoseconds } from './layout/go-text.js';
import type { Resolved } from './scalar.js';
import type { FieldType } from './schema.js';

type Read = { readonly value: unknown } | { readonly error: string };

/** Reads a scalar as a type, with the words of Go's YAML for what does not fit. */
export function constructScalar(type: FieldType, scalar: Resolved): Read {
  const { text, value } = scalar;
  switch (type.kind) {
    case 'string':
    case 'argument':
      return { value: text };
    case 'bool':
      return fitting(type.name, scalar, typeof value === 'boolean' ? value : oldBool(value));
    case 'int':
      return fitting(type.name, scalar, isWithin(type, value) ? value : undefined);
    case 'duration':
      return fitting(type.name, scalar, isDuration(value) ? text : undefined);
    case 'checked':
    case 'text': {
      const why = type.check(text);
      return why === undefined ? { value: text } : { error: why };
    }
    case 'choice':
      return readChoice(type, text);
    case 'ports':
      return readPorts(scalar);
    default:
      return mismatch(type.name, scalar);
  }
}

function isWithin(type: FieldType & { kind: 'int' }, value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= type.min &&
    value <= type.max &&
    value < 2 ** 64
  );
}

/** A number alone is no duration, but for nothing. */
function isDuration(value: unknown): boolean {
  return value === 0 || (typeof value === 'string' && nanoseconds(value) !== undefined);
}

/** Go's decoder still takes the words of YAML 1.1 where a boolean is expected. */
function oldBool(value: unknown): boolean | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^(?:y|Y|yes|Yes|YES|on|On|ON)$/.test(value)) return true;
  return /^(?:n|N|no|No|NO|off|Off|OFF)$/.test(value) ? false : undefined;
}

function readChoice(type: FieldType & { kind: 'choice' }, text: string): Read {
  if (type.name === 'nethelpers.FailOverMAC') return readOlderChoice(type.values, text);
  const known = type.values.find(
    (word) => word !== '-' && (word === text || word.toLowerCase() === text.toLowerCase()),
  );
  if (known !== undefined) return { value: known };
  if (type.takesNumbers && /^[1-9]\d{0,2}$/.test(text) && Number(text) < 253)
    return { value: text };
  const name = type.name.replace(/^.*\./, '');
  return { error: `${text} does not belong to ${name} values` };
}

/** Numbers of the words were written once, and still are read. */
function readOlderChoice(values: readonly string[], text: string): Read {
  const known =
    text === '' ? values[0] : (values.find((word) => word === text) ?? values[Number(text)]);
  return known === undefined ? { error: `invalid fail_over_mac value ${text}` } : { value: known };
}

/** A port, or a range of them (`80-90`). */
function readPorts({ text, value }: Resolved): Read {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 65536) {
    return { value };
  }
  const [, low = '', high = ''] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  const isRange = low !== '' && Number(low) < 65536 && Number(high) < 65536;
  return isRange ? { value: text } : { error: `invalid port range: ${JSON.stringify(text)}` };
}

function fitting(name: string, scalar: Resolved, value: unknown): Read {
  return value === undefined ? mismatch(name, scalar) : { value };
}

function mismatch(name: string, { tag, text }: Resolved): Read {
  const shown = Buffer.byteLength(text) > 10 ? `${text.slice(0, 7)}...` : text;
  return { error: `cannot construct ${tag} \`${shown}\` into ${name}` };
}
