import { ApiError, badRequest, invalid, type Cause } from './api-error.js';
import { contentCauses } from './content-rules.js';
import { stringOr, valueAt, type JsonObject } from './json.js';
import { metadataCauses } from './names.js';
import { apiVersionOf, isBuiltinGroup, type ResourceType } from './resources.js';
import { problemsOf, pruned, tidied, withDefaults, type Problem } from './schemas/check.js';
import { unmarshalError } from './schemas/go-errors.js';

/** What a request wants done with fields that the schema does not know. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

const causeReasons: Record<Problem['kind'], string> = {
  unknown: 'FieldValueInvalid',
  type: 'FieldValueTypeInvalid',
  required: 'FieldValueRequired',
  unsupported: 'FieldValueNotSupported',
  invalid: 'FieldValueInvalid',
};

/** Refuses a body that is of another kind than the address that it was sent to. */
export function checkKind(type: ResourceType, body: JsonObject): void {
  const { apiVersion, kind } = body;
  const wanted = apiVersionOf(type);
  if (kind !== undefined && kind !== type.kind) {
    throw badRequest(
      `${stringOr(kind)} in version "${stringOr(apiVersion)}" cannot be handled as a ${type.kind}: ` +
        `no kind "${stringOr(kind)}" is registered for "${wanted}"`,
    );
  }
  if (apiVersion !== undefined && apiVersion !== wanted) {
    throw badRequest(
      `the API version in the data (${stringOr(apiVersion)}) does not match the expected API version (${wanted})`,
    );
  }
}

/**
 * Decodes what a client sent: unknown fields are refused, or left out with a warning, as the
 * request asks; wrong types are refused.
 */
export function decode(
  type: ResourceType,
  body: JsonObject,
  options: { readonly validation: FieldValidation; readonly warn: (text: string) => void },
): JsonObject {
  const problems = problemsOf(body, type.schema);
  const wrongType = problems.find((problem) => problem.kind === 'type');
  if (wrongType && isBuiltinGroup(type.group)) {
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ` +
        unmarshalError(body, type.schema, wrongType.path),
    );
  }
  const unknown = problems.filter((problem) => problem.kind === 'unknown');
  if (unknown.length === 0) return body;
  const texts = unknown.map((problem) => `unknown field "${problem.path}"`);
  if (options.validation === 'Strict') {
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ` +
        `strict decoding error: ${texts.join(', ')}`,
    );
  }
  if (options.validation === 'Warn') texts.forEach(options.warn);
  return pruned(body, type.schema) as JsonObject;
}

/** Server-side apply knows no unknown fields, whatever the request says of them. */
export function checkDeclared(type: ResourceType, body: JsonObject): void {
  const unknown = problemsOf(body, type.schema).find((problem) => problem.kind === 'unknown');
  if (!unknown) return;
  const name = stringOr(valueAt(body, ['metadata', 'name']));
  const namespace = stringOr(valueAt(body, ['metadata', 'namespace']));
  throw new ApiError(
    500,
    '',
    `failed to create typed patch object (${namespace}/${name}; ${apiVersionOf(type)}, ` +
      `Kind=${type.kind}): .${unknown.path}: field not declared in schema`,
  );
}

export function schemaDefaults(type: ResourceType, body: JsonObject): JsonObject {
  if (!isBuiltinGroup(type.group)) return withDefaults(body, type.schema) as JsonObject;
  // A status is the controllers', and as they wrote it.
  const { status, ...content } = body;
  const tidy = tidied(content, type.schema) as JsonObject;
  return withDefaults(status === undefined ? tidy : { ...tidy, status }, type.schema) as JsonObject;
}

/** Refuses a complete object that breaks a rule; names all that it breaks. */
export function checkContent(type: ResourceType, object: JsonObject): void {
  const metadata = valueAt(object, ['metadata']) as object;
  const problems = problemsOf(object, type.schema).map(({ kind, path, message }): Cause => ({
    reason: causeReasons[kind],
    field: path,
    message,
  }));
  const rules = isBuiltinGroup(type.group) ? contentCauses(type.kind, object) : [];
  const causes = [...metadataCauses(type, metadata), ...problems, ...rules];
  if (causes.length > 0)
    throw invalid(type, stringOr(valueAt(object, ['metadata', 'name'])), causes);
}
