import { emitYaml, Written } from './emit.js';
import { layoutOf } from './layout/layout.js';
import { durationText } from './layout/go-text.js';
import { anything, type FieldType, type Struct } from './schema.js';
import type { MachineConfig } from './types.js';
import { isMapping, isZero, type Mapping } from './values.js';

/** Writes a configuration in Talos' own form: four spaces, fields in the order of its types. */
export function encodeConfig(config: MachineConfig, talosVersion = 'v1.13.9'): string {
  const layout = layoutOf(talosVersion);
  const texts: string[] = [];
  if (config.v1alpha1) texts.push(encodeYaml(ordered(layout.config, config.v1alpha1)));
  for (const document of config.documents) {
    const schema = layout.document(document.kind, 'v1alpha1');
    if (document.kind === '') texts.push('{}\n');
    if (schema) texts.push(encodeYaml(ordered(schema, document.body)));
  }
  return texts.join('---\n');
}

/** YAML with the indentation and the quotes that Go's encoder uses. */
export function encodeYaml(value: unknown): string {
  return emitYaml(value);
}

/** A value with its fields in the order of their type; what is empty and need not be there is left out. */
function ordered(type: FieldType, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => ordered(type.kind === 'list' ? type.of : anything, item));
  }
  if (type.kind === 'duration' && typeof value === 'string') return durationText(value);
  if (type.name.endsWith('FileMode')) return new Written(`0o${Number(value).toString(8)}`);
  if (!isMapping(value)) return value;
  if (type.kind === 'struct') return orderedFields(type, value);
  const of = type.kind === 'map' ? type.of : anything;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(of, value[key])]));
}

function orderedFields(type: Struct, value: Mapping): Mapping {
  const entries: [string, unknown][] = [];
  for (const [key, field] of Object.entries(type.fields)) {
    const isSet = field.isAlways || !isOmitted(field.type, value[key]);
    if (isSet) entries.push([key, ordered(field.type, value[key] ?? zero(field.type))]);
  }
  return Object.fromEntries(entries);
}

function isOmitted(type: FieldType, value: unknown): boolean {
  if (Array.isArray(value) && type.isPointer !== true) return value.length === 0;
  return isZero(type, value);
}

/** How Go writes what is not set. */
function zero(type: FieldType): unknown {
  if (type.isPointer === true) return null;
  switch (type.kind) {
    case 'string':
    case 'text':
    case 'argument':
      return '';
    case 'checked':
      return type.name === 'v1alpha1.DiskSize' ? 0 : '';
    case 'int':
    case 'ports':
      return 0;
    case 'bool':
      return false;
    case 'duration':
      return '0s';
    case 'choice':
      return type.values[0] === '-' ? `${type.name.replace(/^.*\./, '')}(0)` : type.values[0];
    case 'list':
      return [];
    case 'any':
      return null;
    default:
      return {};
  }
}
