/** The part of OpenAPI v3 that custom resource definitions use, and the built-in kinds here too. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  /** How strategic merge patches treat a list, and by which field they tell its entries apart. */
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  /** What the API's own types call it: its error messages do. */
  readonly 'x-go-type'?: string;
  /** Zero and empty are the same as not set. */
  readonly 'x-omit-zero'?: boolean;
}

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
/** Content that is accepted as it comes. */
export const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
/** Quantities, ports and percentages; real charts also write quantities as plain numbers. */
export const numberOrText: Schema = { 'x-kubernetes-int-or-string': true };
export const texts: Schema = { type: 'array', items: text };
export const textMap: Schema = { type: 'object', additionalProperties: text };

export function fields(properties: Record<string, Schema>, required: string[] = []): Schema {
  return { type: 'object', properties, required };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** The schema of one field of an object; undefined when nothing is known about it. */
export function fieldSchema(schema: Schema | undefined, field: string): Schema | undefined {
  const known = schema?.properties?.[field];
  if (known) return known;
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The fields that tell the entries of a list apart; undefined for a list that is one value. */
export function listKeys(schema: Schema | undefined): readonly string[] | undefined {
  if (schema?.['x-kubernetes-list-type'] !== 'map') return undefined;
  return schema['x-kubernetes-list-map-keys'];
}

export function isSet(schema: Schema | undefined): boolean {
  return schema?.['x-kubernetes-list-type'] === 'set';
}
