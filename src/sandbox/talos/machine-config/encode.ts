import { Document, Scalar, visit } from 'yaml';
import { documentSchema, v1alpha1Schema } from './documents.js';
import { needsQuotes } from './go-scalar.js';
import type { FieldType } from './schema.js';
import type { MachineConfig } from './types.js';

/** Writes a configuration in Talos' own form: four spaces, fields in the order of its types. */
export function encodeConfig(config: MachineConfig): string {
  const texts: string[] = [];
  if (config.v1alpha1) texts.push(encodeYaml(ordered(v1alpha1Schema, config.v1alpha1)));
  for (const document of config.documents) {
    const schema = documentSchema(document.kind, 'v1alpha1');
    if (schema) texts.push(encodeYaml(ordered(schema, document.body)));
  }
  return texts.join('---\n');
}

/** YAML with the indentation and the quotes that Go's encoder uses. */
export function encodeYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== 'string' || !needsQuotes(node.value)) return;
      node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ indent: 4, lineWidth: 0, singleQuote: false });
}

function ordered(type: FieldType, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => ordered(type.kind === 'list' ? type.of : { kind: 'any' }, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (type.kind === 'struct') {
    const present = Object.entries(type.fields).filter(([key]) => entries[key] !== undefined);
    return Object.fromEntries(present.map(([key, field]) => [key, ordered(field, entries[key])]));
  }
  const of: FieldType = type.kind === 'map' ? type.of : { kind: 'any' };
  const keys = Object.keys(entries).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(of, entries[key])]));
}
