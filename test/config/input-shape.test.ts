import { expect, it } from 'vitest';
import { describedSchema, type SchemaNode } from '../../src/config/described-schema.js';
import { inputShape, type InputShape } from '../../src/config/input-shape.js';
import { clusterSchema } from '../../src/config/schema.js';

/** All of a shape, with whole numbers as numbers: both are read alike. */
function whole(node: InputShape | SchemaNode): object {
  const { type, properties, items, additionalProperties, anyOf } = node;
  const others = typeof additionalProperties === 'object' ? whole(additionalProperties) : undefined;
  return {
    ...(type === undefined ? {} : { type: type === 'integer' ? 'number' : type }),
    ...(properties
      ? {
          properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, whole(v)])),
        }
      : {}),
    ...(items ? { items: whole(items) } : {}),
    ...(others && Object.keys(others).length > 0 ? { others } : {}),
    ...(anyOf ? { anyOf: anyOf.map(whole) } : {}),
  };
}

it('the shape that cluster.yaml is read by is that of its JSON Schema', () => {
  expect(whole(inputShape(clusterSchema))).toEqual(whole(describedSchema()));
});
