import type { JsonObject } from './json.js';
import { isBuiltinGroup, type ResourceType } from './resources.js';
import {
  allDefinitions,
  definitionName,
  innerType,
  jsonFields,
  type Definition,
  type Field,
} from './schemas/definitions.js';

/** The schemas of kinds and of all that they consist of, by the names that Kubernetes publishes. */
export function componentsOf(types: readonly ResourceType[], base: string): JsonObject {
  const components: JsonObject = {};
  const open: string[] = ['meta.v1.ObjectMeta', 'meta.v1.DeleteOptions'];
  for (const type of types) {
    components[componentName(type)] = kindComponent(type, base);
    if (isBuiltinGroup(type.group)) open.push(...partsOf(definitionName(type)));
  }
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const full = fullName(name);
    if (components[full] !== undefined) continue;
    const definition = allDefinitions().get(name);
    components[full] = definition
      ? messageComponent(definition, base)
      : (leaves[name]?.schema ?? {});
    if (definition) open.push(...partsOf(name));
  }
  return components;
}

/** The schema of a kind, built-in or of a definition. */
export function kindComponent(type: ResourceType, base: string): JsonObject {
  const { group, version, kind } = type;
  const definition = isBuiltinGroup(group) ? allDefinitions().get(definitionName(type)) : undefined;
  const own = definition
    ? messageComponent(definition, base)
    : { type: 'object', ...(type.schema as JsonObject) };
  const metadata = { allOf: [{ $ref: base + fullName('meta.v1.ObjectMeta') }] };
  return {
    ...own,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      ...(own['properties'] as JsonObject | undefined),
      ...(type.review && !definition ? {} : { metadata }),
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

function componentName(type: ResourceType): string {
  if (isBuiltinGroup(type.group)) return fullName(definitionName(type));
  return `${type.group.split('.').reverse().join('.')}.${type.version}.${type.kind}`;
}

/** What is published as a name of its own, though its JSON is a plain value. */
const leaves: Readonly<Record<string, { readonly name: string; readonly schema: JsonObject }>> = {
  time: {
    name: 'apimachinery.pkg.apis.meta.v1.Time',
    schema: { type: 'string', format: 'date-time' },
  },
  microTime: {
    name: 'apimachinery.pkg.apis.meta.v1.MicroTime',
    schema: { type: 'string', format: 'date-time' },
  },
  quantity: {
    name: 'apimachinery.pkg.api.resource.Quantity',
    schema: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'apimachinery.pkg.util.intstr.IntOrString',
    schema: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  raw: { name: 'apimachinery.pkg.runtime.RawExtension', schema: { type: 'object' } },
  fields: { name: 'apimachinery.pkg.apis.meta.v1.FieldsV1', schema: { type: 'object' } },
  json: extension('JSON'),
  schemaOrBool: extension('JSONSchemaPropsOrBool'),
  schemaOrArray: extension('JSONSchemaPropsOrArray'),
  schemaOrStrings: extension('JSONSchemaPropsOrStringArray'),
};

function extension(name: string): { name: string; schema: JsonObject } {
  return { name: `apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`, schema: {} };
}

const folders: Readonly<Record<string, string>> = {
  meta: 'apimachinery.pkg.apis.meta',
  apiextensions: 'apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'kube-aggregator.pkg.apis.apiregistration',
};

/** `io.k8s.api.core.v1.Pod` of `core.v1.Pod` */
function fullName(name: string): string {
  const leaf = leaves[name];
  if (leaf) return `io.k8s.${leaf.name}`;
  const [folder = '', ...rest] = name.split('.');
  return ['io.k8s', folders[folder] ?? `api.${folder}`, ...rest].join('.');
}

function messageComponent(definition: Definition, base: string): JsonObject {
  const fields = jsonFields(definition);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, property(field, base)])),
    ...(required.length > 0 ? { required } : {}),
    ...(definition.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function property({ type, marks }: Field, base: string): JsonObject {
  const { map, key, patch, default: value, atomic } = marks;
  const isList = type.startsWith('[');
  const list = ['map', 'set', 'atomic'].find((kind) => marks[kind] !== undefined);
  return {
    ...typeOf(type, base, true),
    ...(marks['enum'] === undefined ? {} : { enum: marks['enum'].split('|') }),
    ...(value === undefined ? {} : { default: value }),
    ...(map === undefined ? {} : { 'x-kubernetes-list-map-keys': map.split(',') }),
    ...(isList && list !== undefined ? { 'x-kubernetes-list-type': list } : {}),
    ...(!isList && atomic !== undefined ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(key === undefined ? {} : { 'x-kubernetes-patch-merge-key': key }),
    ...(patch === undefined ? {} : { 'x-kubernetes-patch-strategy': patch }),
  };
}

function typeOf(type: string, base: string, isField = false): JsonObject {
  if (type.startsWith('[')) return { type: 'array', items: typeOf(innerType(type), base) };
  if (type.startsWith('{')) {
    return { type: 'object', additionalProperties: typeOf(innerType(type), base) };
  }
  const plain = plainTypes[type];
  if (plain) return plain;
  const reference = { $ref: base + fullName(type) };
  return isField ? { allOf: [reference] } : reference;
}

const plainTypes: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  any: { type: 'object' },
};

/** The messages that a message's fields name. */
function partsOf(name: string): readonly string[] {
  const definition = allDefinitions().get(name);
  if (!definition) return [];
  return jsonFields(definition)
    .map(({ type }) => type.replace(/[[\]{}]/g, ''))
    .filter((type) => plainTypes[type] === undefined);
}
