import {
  allDefinitions,
  definitionName,
  innerType,
  jsonFields,
  type Field,
} from './definitions.js';
import { anything, flag, integer, numberOrText, text, type Schema } from './schema.js';

/** Everything that every object has in its `metadata`. */
export function metadataSchema(): Schema {
  return messageSchema('meta.v1.ObjectMeta', false);
}

/** The schema of a built-in kind, as it is published. */
export function builtinSchema(type: { group: string; version: string; kind: string }): Schema {
  const schema = messageSchema(definitionName(type), false);
  const properties = { apiVersion: text, kind: text, ...schema.properties };
  const { status } = properties as { status?: Schema };
  if (!status?.['x-go-type']) return { ...schema, properties };
  return { ...schema, properties: { ...properties, status: messageSchema(nameOf(status), true) } };
}

type Draft = { -readonly [Key in keyof Schema]: Schema[Key] };

const messages = new Map<string, Schema>();

/** The schema of a message. What a status lacks is zero, never an error. */
function messageSchema(name: string, isStatus: boolean): Schema {
  const key = `${name}${isStatus ? ' in a status' : ''}`;
  const present = messages.get(key);
  if (present) return present;
  const definition = allDefinitions().get(name);
  if (!definition) return anything;
  const schema: Draft = { type: 'object', 'x-go-type': name };
  // Before its fields: a message can hold itself.
  messages.set(key, schema);
  const fields = jsonFields(definition);
  schema.properties = Object.fromEntries(
    fields.map((field) => [field.name, fieldSchemaOf(field, name, isStatus)]),
  );
  if (embedded.has(name))
    schema.properties = { apiVersion: text, kind: text, ...schema.properties };
  schema.required = isStatus ? [] : fields.filter(isDemanded).map((field) => field.name);
  if (definition.atomic) schema['x-kubernetes-map-type'] = 'atomic';
  return schema;
}

/** Kinds that others hold whole: a StatefulSet its claims, an Eviction the options of the deletion. */
const embedded = new Set(['core.v1.PersistentVolumeClaim', 'meta.v1.DeleteOptions']);

function nameOf(schema: Schema): string {
  return schema['x-go-type'] ?? '';
}

function fieldSchemaOf(field: Field, message: string, isStatus: boolean): Schema {
  const schema = typeSchema(field.type, isStatus);
  // Shared with other fields, and it has no marks that would matter to the server.
  if (allDefinitions().has(field.type)) return schema;
  const { map, key, patch, default: value } = field.marks;
  const choices = field.marks['enum']?.split('|');
  const isList = field.type.startsWith('[');
  const isAtomic = field.marks['atomic'] !== undefined;
  return {
    ...schema,
    ...(value === undefined ? {} : { default: value }),
    ...(choices && !isStatus ? { enum: choices } : {}),
    ...(isStatus ? {} : ranges[`${message}.${field.name}`]),
    ...(field.optional || field.required ? {} : { 'x-omit-zero': true }),
    ...(isList && map === undefined ? listType(field, isAtomic) : {}),
    ...(map === undefined
      ? {}
      : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': map.split(',') }),
    ...(key === undefined ? {} : { 'x-kubernetes-patch-merge-key': key }),
    ...(patch === undefined ? {} : { 'x-kubernetes-patch-strategy': patch }),
    ...(isAtomic && !isList ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function listType({ marks }: Field, isAtomic: boolean): Schema {
  if (marks['set'] !== undefined) return { 'x-kubernetes-list-type': 'set' };
  return isAtomic ? { 'x-kubernetes-list-type': 'atomic' } : {};
}

function typeSchema(type: string, isStatus: boolean): Schema {
  if (type.startsWith('[')) {
    return { type: 'array', items: typeSchema(innerType(type), isStatus), 'x-go-type': type };
  }
  if (type.startsWith('{')) {
    const additionalProperties = typeSchema(innerType(type), isStatus);
    return { type: 'object', additionalProperties, 'x-go-type': type };
  }
  return scalars[type] ?? messageSchema(type, isStatus);
}

const scalars: Readonly<Record<string, Schema>> = {
  string: { ...text, 'x-go-type': 'string' },
  bytes: { ...text, 'x-go-type': '[]uint8' },
  time: text,
  microTime: text,
  int32: { ...integer, 'x-go-type': 'int32' },
  int64: { ...integer, 'x-go-type': 'int64' },
  double: { type: 'number', 'x-go-type': 'float64' },
  boolean: { ...flag, 'x-go-type': 'bool' },
  quantity: numberOrText,
  intOrString: numberOrText,
  // The content of these is the user's own, or of several forms.
  any: anything,
  raw: anything,
  fields: anything,
  json: anything,
  schemaOrBool: anything,
  schemaOrArray: anything,
  schemaOrStrings: anything,
};

const count: Schema = { minimum: 0 };
const port: Schema = { minimum: 1, maximum: 65_535 };

/** What the API server checks of numbers and its description does not tell. */
const ranges: Readonly<Record<string, Schema>> = {
  'apps.v1.DeploymentSpec.replicas': count,
  'apps.v1.ReplicaSetSpec.replicas': count,
  'apps.v1.StatefulSetSpec.replicas': count,
  'apps.v1.DeploymentSpec.minReadySeconds': count,
  'apps.v1.DaemonSetSpec.minReadySeconds': count,
  'batch.v1.JobSpec.parallelism': count,
  'batch.v1.JobSpec.completions': count,
  'batch.v1.JobSpec.backoffLimit': count,
  'core.v1.ContainerPort.containerPort': port,
  'core.v1.ContainerPort.hostPort': { minimum: 0, maximum: 65_535 },
  'core.v1.ServicePort.port': port,
};

/**
 * Whether the server refuses an object without the field. The description calls more fields required:
 * of numbers, lists and structures that are missing the server takes zero, which is often fine.
 */
function isDemanded({ name, required, optional, type }: Field): boolean {
  if (name === 'selector') return optional && type === 'meta.v1.LabelSelector' && required;
  if (!required || lenient.has(name)) return false;
  return type === 'string' || demanded.has(name);
}

const lenient = new Set(['value']);

const demanded = new Set([
  'containerPort',
  'containers',
  'jobTemplate',
  'maxReplicas',
  'nodeSelectorTerms',
  'port',
  'template',
  'verbs',
]);
