import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly type?: string };
}

interface Content {
  readonly content?: { readonly 'application/json'?: { readonly schema: object } };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}

const file = fileURLToPath(new URL('../../../shared/hetzner/openapi.json', import.meta.url));

/** The official description of the Hetzner Cloud API; undefined where the file is not at hand. */
export const openapi: Description | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Description)
  : undefined;

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
// The description's own formats: decimal numbers in strings, and integers that JavaScript holds.
ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
if (openapi) ajv.addSchema({ components: openapi.components }, 'openapi');

const compiled = new Map<object, ValidateFunction>();

/** What an answer of the API does not keep to; the path is a concrete one, after `/v1`. */
export function validateAnswer(
  method: string,
  path: string,
  status: number,
  body: unknown,
): string[] {
  const operation = operationOf(method, path);
  if (!operation) return [`${method} ${path} is not described`];
  const group = status >= 500 ? '5xx' : '4xx';
  const response =
    operation.responses[String(status)] ?? (status >= 400 ? operation.responses[group] : undefined);
  if (!response) return [`${method} ${path} does not answer ${status}`];
  const schema = response.content?.['application/json']?.schema;
  if (!schema)
    return body === undefined ? [] : [`${method} ${path} answers ${status} without a body`];
  return check(schema, body);
}

/** What a request to the API does not keep to, with its query's unknown parameters. */
export function validateRequest(
  method: string,
  path: string,
  query: URLSearchParams | string,
  body: unknown,
): string[] {
  const operation = operationOf(method, path);
  if (!operation) return [`${method} ${path} is not described`];
  const problems = queryProblems(operation, new URLSearchParams(query));
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (!schema)
    return body === undefined ? problems : [...problems, `${method} ${path} takes no body`];
  if (body === undefined) {
    return operation.requestBody.required ? [...problems, 'the body is missing'] : problems;
  }
  return [...problems, ...check(schema, body), ...unknownFields(schema, body)];
}

function queryProblems(operation: Operation, query: URLSearchParams): string[] {
  const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const names = new Set(query.keys());
  const missing = known.filter(({ name, required }) => required && !names.has(name));
  const unknown = [...names].filter((name) => !known.some((parameter) => parameter.name === name));
  const wrong = known.flatMap(({ name, schema }) => {
    if (!names.has(name)) return [];
    const texts = query.getAll(name);
    if (schema.type !== 'array' && texts.length > 1) return [`query ${name} is given twice`];
    return check(schema, typed(schema, texts)).map((problem) => `query ${name}: ${problem}`);
  });
  return [
    ...missing.map(({ name }) => `query ${name} is missing`),
    ...unknown.map((name) => `query ${name} is unknown`),
    ...wrong,
  ];
}

/** Query parameters are text: turns them into what the schema speaks of. */
function typed(
  schema: Parameter['schema'] & { items?: { type?: string } },
  texts: string[],
): unknown {
  const one = (text: string, type: string | undefined): unknown => {
    if (type === 'integer' || type === 'number') return Number(text);
    return type === 'boolean' ? text === 'true' : text;
  };
  if (schema.type === 'array') return texts.map((text) => one(text, schema.items?.type));
  return one(texts[0] ?? '', schema.type);
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** The description tolerates fields that it does not know in many bodies; no client should rely on it. */
function unknownFields(shape: Shape, value: unknown, at = ''): string[] {
  const { properties, items } = shape;
  if (Array.isArray(value) && items) {
    return value.flatMap((item, index) => unknownFields(items, item, `${at}/${index}`));
  }
  if (!properties || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = properties[key];
    return known ? unknownFields(known, inner, `${at}/${key}`) : [`${at}/${key} is unknown`];
  });
}

/** The schema of what an operation answers, and `undefined` without the description. */
export function answerSchema(method: string, path: string, status = 200): object | undefined {
  const response = operationOf(method, path)?.responses[String(status)];
  return response?.content?.['application/json']?.schema;
}

function operationOf(method: string, path: string): Operation | undefined {
  const described = Object.entries(openapi?.paths ?? {}).filter(([template]) =>
    new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
  );
  // `/servers/actions` fits `/servers/{id}` as well: the literal one is meant.
  const [best] = described.sort(([a], [b]) => a.split('{').length - b.split('{').length);
  return best?.[1][method.toLowerCase()];
}

function check(schema: object, value: unknown): string[] {
  let validate = compiled.get(schema);
  if (!validate) {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
    validate = ajv.compile(JSON.parse(text) as object);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
  );
}
