/** How a text is checked; what is said is why Talos does not take it. */
export type TextCheck = (text: string) => string | undefined;

/**
 * How a field of a machine configuration is typed. `name` is that of the type in the Talos
 * sources, because users meet it in error messages.
 */
export type FieldType = (Leaf | Whole | Words | Text | List | Table | Struct) & {
  /** Whether Talos tells "not set" from an empty value. */
  readonly isPointer?: boolean;
};

interface Leaf {
  readonly kind: 'string' | 'bool' | 'any' | 'duration' | 'object' | 'argument' | 'ports';
  readonly name: string;
}

interface Whole {
  readonly kind: 'int';
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** A word out of a list; the first is what stands there when nothing is set. */
interface Words {
  readonly kind: 'choice';
  readonly name: string;
  readonly values: readonly string[];
  readonly takesNumbers: boolean;
}

/** A text that Talos reads: `text` by the type itself, `checked` after it was read as a string. */
interface Text {
  readonly kind: 'text' | 'checked';
  readonly name: string;
  readonly check: TextCheck;
  /** A patch always replaces it, also by nothing. */
  readonly isReplaced: boolean;
}

interface List {
  readonly kind: 'list';
  readonly name: string;
  readonly of: FieldType;
  /** Elements with the same values of these fields are one element. */
  readonly keys?: readonly string[];
}

interface Table {
  readonly kind: 'map';
  readonly name: string;
  readonly of: FieldType;
}

export interface Struct {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** A certificate and its key: both are base64, and a patch gives both. */
  readonly isEncoded: boolean;
}

export interface Field {
  readonly type: FieldType;
  /** A patch replaces it as a whole. */
  readonly isReplaced: boolean;
  /** Written also when it is empty. */
  readonly isAlways: boolean;
}

export const anything: FieldType = { kind: 'any', name: 'interface {}' };

/** The type of what stands at a key. */
export function typeAt(type: FieldType, key: string): FieldType | undefined {
  switch (type.kind) {
    case 'struct':
      return Object.hasOwn(type.fields, key) ? type.fields[key]?.type : undefined;
    case 'map':
      return type.of;
    case 'any':
    case 'object':
      return anything;
    default:
      return undefined;
  }
}
