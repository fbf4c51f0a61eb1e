import { isObject } from '../json.js';
import { fieldSchema, type Schema } from './schema.js';

/**
 * What Go's JSON decoder says of a value of the wrong type.
 * Source: kube-apiserver 1.34.1, `Deployment in version "v1" cannot be handled as a Deployment: json:
 * cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
 */
export function unmarshalError(body: unknown, schema: Schema, path: string): string {
  const [parts, fields] = [path.match(/[^.[\]]+/g) ?? [], [] as string[]];
  let [value, at, struct]: [unknown, Schema | undefined, string] = [body, schema, ''];
  for (const part of parts) {
    if (Array.isArray(value)) {
      [value, at] = [(value as unknown[])[Number(part)], at?.items];
      continue;
    }
    if (at?.properties) {
      struct = at['x-go-type']?.split('.').pop() ?? struct;
      fields.push(part);
    }
    [value, at] = [isObject(value) ? value[part] : undefined, fieldSchema(at, part)];
  }
  const where = struct === '' ? 'value' : `struct field ${struct}.${fields.join('.')}`;
  return `json: cannot unmarshal ${jsonType(value)} into Go ${where} of type ${goType(at)}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `[]v1.Container`, `map[string]string`, `v1.PodSpec` */
function goType(schema: Schema | undefined): string {
  return goName(schema?.['x-go-type'] ?? schema?.type ?? 'object');
}

function goName(type: string): string {
  if (type.startsWith('[]')) return type;
  if (type.startsWith('[')) return `[]${goName(type.slice(1, -1))}`;
  if (type.startsWith('{')) return `map[string]${goName(type.slice(1, -1))}`;
  return type.split('.').slice(-2).join('.');
}
