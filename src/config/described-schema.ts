import { z } from 'zod';
import { clusterSchema } from './schema.js';
import type { Path } from './source.js';

/** The parts of a JSON Schema that the schema of cluster.yaml uses. */
export interface SchemaNode {
  readonly type?: string | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: SchemaNode | undefined;
  readonly additionalProperties?: SchemaNode | boolean | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly description?: string | undefined;
  /** What else a value has to meet, in words. Only in the description meant for people. */
  readonly rule?: string | undefined;
}

/** The schema of cluster.yaml with the rules in words, for documentation. */
export function describedSchema(): SchemaNode {
  return (described ??= z.toJSONSchema(clusterSchema, {
    io: 'input',
    unrepresentable: 'any',
  }) as SchemaNode);
}

let described: SchemaNode | undefined;

/** The keys that the mapping at this path may have. */
export function knownKeys(path: Path): readonly string[] {
  let node: SchemaNode | undefined = describedSchema();
  for (const part of path) {
    node = typeof part === 'number' ? node?.items : node?.properties?.[part];
  }
  return Object.keys(node?.properties ?? {});
}
