import type { JsonObject } from './json.js';
import type { ResourceType } from './resources.js';

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** A refusal in the API's own form: the `Status` object that clients show to people. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

/** `deployments.apps`, and without a dot for the core group. */
export function qualified(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

function detailsOf(type: ResourceType, name: string): JsonObject {
  return { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural };
}

export function notFound(type: ResourceType, name: string): ApiError {
  const message = `${qualified(type)} "${name}" not found`;
  return new ApiError(404, 'NotFound', message, detailsOf(type, name));
}

export function noSuchPath(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError(405, 'MethodNotAllowed', message, {});
}

export function alreadyExists(type: ResourceType, name: string): ApiError {
  const message = `${qualified(type)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, detailsOf(type, name));
}

export function conflict(type: ResourceType, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, detailsOf(type, name));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(type: ResourceType, name: string, why: string): ApiError {
  const message = `${qualified(type)} "${name}" is forbidden: ${why}`;
  return new ApiError(403, 'Forbidden', message, detailsOf(type, name));
}

export function unsupportedMediaType(): ApiError {
  return new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/vnd.kubernetes.protobuf',
  );
}

/** One or more fields are wrong; every problem is named. */
export function invalid(type: ResourceType, name: string, causes: readonly Cause[]): ApiError {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const texts = causes.map(({ field, message }) => `${field ? `${field}: ` : ''}${message}`);
  const all = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${all}`, {
    ...detailsOf(type, name),
    kind: type.kind,
    causes,
  });
}
