import type { FieldType } from './schema.js';

export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping, or an empty one: in Talos a section that is not set reads as an empty one. */
export function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

/** The elements of a list, or none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether a value of this type is what it is when nobody sets it. */
export function isZero(type: FieldType, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (type.isPointer === true) return false;
  switch (type.kind) {
    case 'choice':
      return value === type.values[0];
    case 'duration':
      return value === '0' || value === '0s';
    case 'argument':
      return value === '';
    case 'object':
    case 'map':
      return Object.keys(mapping(value)).length === 0;
    case 'struct':
      if (type.name === 'block.EncryptionSpec') return isUnencrypted(mapping(value));
      return Object.entries(mapping(value)).every(([key, part]) => {
        const field = type.fields[key];
        return field === undefined || isZero(field.type, part);
      });
    default:
      return (
        value === '' ||
        value === 0 ||
        value === false ||
        (list(value).length === 0 && Array.isArray(value))
      );
  }
}

/** Without a provider and keys Talos forgets all else of an encryption. */
function isUnencrypted({ provider = 'none', keys }: Mapping): boolean {
  return provider === 'none' && list(keys).length === 0;
}
