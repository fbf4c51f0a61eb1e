/** What a JSON schema of the official description is made of, as far as samples need it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Something that keeps to a schema, with everything in it that the schema mentions. */
export function sampleOf(schema: Schema): unknown {
  const [one] = schema.oneOf ?? schema.anyOf ?? [];
  if (one) return sampleOf(one);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(sampleOf)) as object;
  if (schema.enum) return schema.enum[0];
  const types = [schema.type ?? 'object'].flat();
  const type = types.find((name) => name !== 'null');
  if (type === 'array') return schema.items ? [sampleOf(schema.items)] : [];
  if (type === 'object') {
    const fields = Object.entries(schema.properties ?? {});
    return Object.fromEntries(fields.map(([key, inner]) => [key, sampleOf(inner)]));
  }
  if (schema.example !== undefined && schema.example !== null) return schema.example;
  if (type === 'boolean') return false;
  return type === 'string' ? 'text' : (schema.minimum ?? 1);
}

type Path = readonly (string | number)[];

/** One change to one place of an answer. */
export interface Mutation {
  readonly path: Path;
  readonly kind: string;
  /** What stands there afterwards; `absent` takes the key away. */
  readonly value: unknown;
}

const absent = Symbol('absent');

/** Every place of a value, each absent, null, of another type, and huge. */
export function mutationsOf(value: unknown, path: Path = []): Mutation[] {
  const here: Mutation[] = [
    { path, kind: 'absent', value: absent },
    { path, kind: 'null', value: null },
    { path, kind: 'of another type', value: otherType(value) },
    { path, kind: 'huge', value: huge(value) },
  ];
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) =>
          mutationsOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : [];
  return path.length === 0 ? inner : [...here, ...inner];
}

/** A copy of the value with the change in it. */
export function mutate<T>(value: T, { path, value: put }: Mutation): T {
  const copy = structuredClone(value);
  let holder = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (put === absent) Reflect.deleteProperty(holder, last);
  else holder[last] = put;
  return copy;
}

function otherType(value: unknown): unknown {
  if (typeof value === 'string') return 7;
  if (typeof value === 'number') return 'seven';
  if (typeof value === 'boolean') return 'yes';
  return Array.isArray(value) ? { 0: 'one' } : ['one'];
}

// Made once: every place of an answer has one of them, and few are used.
const hugeText = 'x'.repeat(100_000);
const hugeList = Array.from({ length: 10_000 }, () => null);
const hugeObject = Object.fromEntries(hugeList.map((_, n) => [`key-${n}`, n]));

function huge(value: unknown): unknown {
  if (typeof value === 'string') return hugeText;
  if (typeof value === 'number') return 2 ** 60;
  return Array.isArray(value) ? hugeList : hugeObject;
}
