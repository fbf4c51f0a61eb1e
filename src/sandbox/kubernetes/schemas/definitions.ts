import { published } from './published.js';

/** A field of a message. */
export interface Field {
  /** `...` stands for the fields of another message, which JSON has without a name around them. */
  readonly name: string;
  /** In protobuf. */
  readonly number: number;
  readonly required: boolean;
  /** Tells zero from not set; without it, what is zero or empty is left out. */
  readonly optional: boolean;
  /** `string`, `core.v1.Container`, a list `[string]` or a map `{string}`. */
  readonly type: string;
  /** How lists are merged, what values are allowed: `map=name`, `key=name`, `enum=Always|Never`. */
  readonly marks: Readonly<Record<string, string>>;
}

/** A message of the API: a kind, or what a kind consists of. */
export interface Definition {
  /** `core.v1.Container` */
  readonly name: string;
  /** Belongs to one manager as a whole. */
  readonly atomic: boolean;
  readonly fields: readonly Field[];
}

let definitions: ReadonlyMap<string, Definition> | undefined;

/** All messages by their names. */
export function allDefinitions(): ReadonlyMap<string, Definition> {
  return (definitions ??= parsed());
}

/** The name of a kind's message: `core.v1.Pod`, `rbac.v1.Role`. */
export function definitionName(kind: { group: string; version: string; kind: string }): string {
  const folder = kind.group === '' ? 'core' : (kind.group.split('.')[0] ?? '');
  return `${folder}.${kind.version}.${kind.kind}`;
}

/** The fields as JSON has them. */
export function jsonFields({ fields }: Definition): readonly Field[] {
  return fields.flatMap((field) => {
    if (field.name !== '...') return [field];
    const inner = allDefinitions().get(field.type);
    return inner ? jsonFields(inner) : [];
  });
}

/** What a list or a map consists of: `string` of `[string]`. */
export function innerType(type: string): string {
  return type.slice(1, -1);
}

// A line without indentation names a message, the lines below it are its fields:
// name, number with ! (required) or ? (optional), type, marks.
function parsed(): ReadonlyMap<string, Definition> {
  const found = new Map<string, Definition>();
  let fields: Field[] = [];
  for (const line of published.trim().split('\n')) {
    const [first = '', second = '', third = '', ...marks] = line.trim().split(' ');
    if (line.startsWith(' ')) {
      fields.push({
        name: first,
        number: Number.parseInt(second, 10),
        required: second.includes('!'),
        optional: second.includes('?'),
        type: third,
        marks: Object.fromEntries(marks.map((mark) => markOf(mark))),
      });
      continue;
    }
    fields = [];
    found.set(first, { name: first, atomic: second === 'atomic', fields });
  }
  return found;
}

function markOf(mark: string): [string, string] {
  const [name = '', value = ''] = mark.split('=');
  return [name, value];
}
