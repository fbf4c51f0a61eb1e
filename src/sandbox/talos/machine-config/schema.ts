/**
 * How a field of a machine configuration is typed. The names in error messages are those of the
 * Talos sources, because users meet them there.
 */
export type FieldType =
  | { readonly kind: 'string' | 'bool' | 'int' | 'any' | 'duration' | 'url' | 'base64' }
  /** Any mapping, passed on to Kubernetes as it is. */
  | { readonly kind: 'object' }
  /** A string out of a list; `name` is that of the list. */
  | { readonly kind: 'choice'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: FieldType; readonly merge: 'append' | 'replace' }
  | { readonly kind: 'map'; readonly of: FieldType }
  | Struct;

export interface Struct {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** For lists of such: elements with the same value of this field are one element. */
  readonly mergeKeys?: readonly string[];
}

export const string: FieldType = { kind: 'string' };
export const bool: FieldType = { kind: 'bool' };
export const int: FieldType = { kind: 'int' };
export const any: FieldType = { kind: 'any' };
export const duration: FieldType = { kind: 'duration' };
export const url: FieldType = { kind: 'url' };
export const base64: FieldType = { kind: 'base64' };
export const object: FieldType = { kind: 'object' };
export const strings: FieldType = { kind: 'list', of: string, merge: 'append' };
export const stringMap: FieldType = { kind: 'map', of: string };

export function choice(name: string, ...values: string[]): FieldType {
  return { kind: 'choice', name, values };
}

export function list(of: FieldType): FieldType {
  return { kind: 'list', of, merge: 'append' };
}

/** A list that a patch replaces as a whole. */
export function replacedList(of: FieldType): FieldType {
  return { kind: 'list', of, merge: 'replace' };
}

export function map(of: FieldType): FieldType {
  return { kind: 'map', of };
}

/** `name` without the package; v1alpha1 unless it says otherwise. */
export function struct(
  name: string,
  fields: Readonly<Record<string, FieldType>>,
  mergeKeys?: readonly string[],
): Struct {
  const base = { kind: 'struct' as const, name: name.includes('.') ? name : `v1alpha1.${name}` };
  return mergeKeys ? { ...base, fields, mergeKeys } : { ...base, fields };
}

/** A certificate and its key, each base64 of PEM. */
export const certificateAndKey = struct('x509.PEMEncodedCertificateAndKey', {
  crt: base64,
  key: base64,
});
export const certificate = struct('x509.PEMEncodedCertificate', { crt: base64 });
export const privateKey = struct('x509.PEMEncodedKey', { key: base64 });
/** Command line arguments: a value or, since 1.13, several. */
export const args: FieldType = map(any);
/** A switch and nothing else. */
export function toggle(name: string, field = 'enabled'): Struct {
  return struct(name, { [field]: bool });
}

/** The type as Talos' decoder names it in its errors. */
export function typeName(type: FieldType): string {
  switch (type.kind) {
    case 'string':
    case 'bool':
    case 'int':
      return type.kind;
    case 'any':
      return 'interface {}';
    case 'duration':
      return 'time.Duration';
    case 'url':
    case 'base64':
    case 'choice':
      return 'string';
    case 'object':
      return 'map[string]interface {}';
    case 'list':
      return `[]${typeName(type.of)}`;
    case 'map':
      return `map[string]${typeName(type.of)}`;
    case 'struct':
      return type.name;
  }
}
