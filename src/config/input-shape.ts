import type { z } from 'zod';
import type { SchemaNode } from './described-schema.js';

/** What of a schema says how a text is to be read. */
export type InputShape = Pick<
  SchemaNode,
  'type' | 'properties' | 'items' | 'additionalProperties' | 'anyOf'
>;

/**
 * The shape of what a schema takes, as its JSON Schema has it. Only what is looked at is made: a whole
 * JSON Schema takes longer than reading a cluster.yaml.
 */
export function inputShape(schema: z.core.$ZodType): InputShape {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return inputShape(def.innerType);
    case 'pipe':
      return inputShape(def.in);
    case 'string':
      return { type: 'string' };
    case 'number':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'enum':
      return { type: 'string' };
    case 'union':
      return { anyOf: def.options.map(inputShape) };
    case 'array':
      return listOf(def.element);
    case 'record':
      return recordOf(def.valueType);
    case 'object':
      return { type: 'object', properties: lazily(def.shape) };
    default:
      return {};
  }
}

function listOf(element: z.core.$ZodType): InputShape {
  return {
    type: 'array',
    get items() {
      return inputShape(element);
    },
  };
}

function recordOf(value: z.core.$ZodType): InputShape {
  return {
    type: 'object',
    get additionalProperties() {
      return inputShape(value);
    },
  };
}

function lazily(shape: z.core.$ZodShape): Record<string, InputShape> {
  const properties = Object.create(null) as Record<string, InputShape>;
  for (const key of Object.keys(shape)) {
    Object.defineProperty(properties, key, {
      enumerable: true,
      get: () => inputShape(shape[key] as z.core.$ZodType),
    });
  }
  return properties;
}
