import { createHash } from 'node:crypto';
import { noSuchPath } from './api-error.js';
import { isObject, type JsonObject } from './json.js';
import { componentsOf, kindComponent } from './openapi-schemas.js';
import type { ApiAnswer, ApiRequest } from './request.js';
import { apiVersionOf, type ResourceType } from './resources.js';

const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The published descriptions of what is served: `/openapi/v2`, and `/openapi/v3` by group and version. */
export function openApi(
  types: readonly ResourceType[],
  { path, accept }: ApiRequest,
  version: string,
): ApiAnswer | undefined {
  const info = { title: 'Kubernetes', version };
  if (path === '/openapi/v2') {
    // An empty description is a valid protobuf message; what clients need is in the third version.
    if (accept.includes('protobuf')) return { status: 200, body: '', contentType: protobufV2 };
    const definitions = componentsOf(types, '#/definitions/');
    return { status: 200, body: { swagger: '2.0', info, paths: {}, definitions } };
  }
  if (path === '/openapi/v3') return { status: 200, body: { paths: index(types) } };
  const part = /^\/openapi\/v3\/(apis?\/.+)$/.exec(path)?.[1];
  if (part === undefined) return undefined;
  const found = types.filter((type) => documentOf(type) === part);
  if (found.length === 0) throw noSuchPath();
  const schemas = componentsOf(found, '#/components/schemas/');
  const paths = Object.assign({}, ...found.map(pathsOf)) as JsonObject;
  return { status: 200, body: { openapi: '3.0.0', info, paths, components: { schemas } } };
}

/** `apis/apps/v1` */
function documentOf(type: ResourceType): string {
  return `${type.group === '' ? 'api' : 'apis'}/${apiVersionOf(type)}`;
}

// The hash lets clients keep a document for as long as it is the same.
function index(types: readonly ResourceType[]): JsonObject {
  const entries = [...new Set(types.map(documentOf))].sort().map((name) => {
    const content = types.filter((type) => documentOf(type) === name).map(fingerprint);
    const hash = createHash('sha512').update(content.join('\n')).digest('hex').toUpperCase();
    return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }] as const;
  });
  return Object.fromEntries(entries);
}

function fingerprint(type: ResourceType): string {
  const schema = kindComponent(type, '');
  return `${type.kind} ${isObject(schema) ? JSON.stringify(schema) : ''}`;
}

function pathsOf(type: ResourceType): JsonObject {
  const root = `/${documentOf(type)}`;
  const own = type.namespaced
    ? `${root}/namespaces/{namespace}/${type.plural}`
    : `${root}/${type.plural}`;
  const create = operation(type, 'post', writeParameters);
  if (type.review) return { [own]: { post: create } };
  const read = { get: operation(type, 'get') };
  if (type.readOnly === true) return { [own]: read, [`${own}/{name}`]: read };
  return {
    ...(type.namespaced ? { [`${root}/${type.plural}`]: read } : {}),
    [own]: { ...read, post: create, delete: operation(type, 'delete') },
    [`${own}/{name}`]: {
      ...read,
      put: operation(type, 'put', writeParameters),
      patch: { ...operation(type, 'patch', writeParameters), requestBody: patchBody(type) },
      delete: operation(type, 'delete'),
    },
  };
}

// kubectl leaves checking the fields to a server that names `fieldValidation` here.
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
}));

function operation(
  type: ResourceType,
  method: string,
  parameters: readonly object[] = [],
): JsonObject {
  const { group, version, kind } = type;
  return {
    parameters,
    responses: {},
    'x-kubernetes-action': method,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

function patchBody({ schema }: ResourceType): JsonObject {
  const isBuiltin = schema['x-go-type'] !== undefined;
  const forms = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json'];
  const all = isBuiltin ? [...forms, 'strategic-merge-patch+json'] : forms;
  return { content: Object.fromEntries(all.map((form) => [`application/${form}`, {}])) };
}
