/** A refusal with the API's own status and error code (Hetzner docs, "Errors"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: object | null = null,
  ) {
    super(message);
  }
}

/** 404: nothing has this id or name. */
export function notFound(noun: string, id: number | string): ApiError {
  return new ApiError(404, 'not_found', `${noun} with ID '${id}' not found`);
}

/** 409: the name, or another unique field, is taken. */
export function taken(field: string, message: string): ApiError {
  return new ApiError(409, 'uniqueness_error', message, { fields: [{ name: field }] });
}

/** 422 `invalid_input` for one field; without a message of its own the API names the field. */
export function invalidField(field: string, reason: string, message?: string): ApiError {
  return invalidFields([{ name: field, messages: [reason] }], message);
}

/** 422 `invalid_input` for several fields at once. */
export function invalidFields(
  fields: readonly { name: string; messages: string[] }[],
  message?: string,
): ApiError {
  const names = fields.map((field) => `'${field.name}'`).join(', ');
  const text = message ?? `invalid input in field${fields.length > 1 ? 's' : ''} ${names}`;
  return new ApiError(422, 'invalid_input', text, { fields });
}

/** 422 with one of the codes that belong to a single operation. */
export function refused(code: string, message: string): ApiError {
  return new ApiError(422, code, message);
}

/** 423 `protected`: the resource carries delete protection. */
export function protectedFromDeletion(noun: string): ApiError {
  return new ApiError(423, 'protected', `${noun} is delete protected`);
}

/** 403: the account's limit for this kind is reached. */
export function limitExceeded(limit: string, message: string): ApiError {
  return new ApiError(403, 'resource_limit_exceeded', message, { limits: [{ name: limit }] });
}
