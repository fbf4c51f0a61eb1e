import { badRequest } from './api-error.js';
import { isObject } from './json.js';
import { applyType } from './patch-object.js';
import type { ApiRequest } from './request.js';
import type { WriteOptions } from './writes.js';

/** What a request's query says of how to write; warnings are collected for the answer. */
export function writeOptions(
  request: ApiRequest,
  warnings: string[],
  subresource?: string,
): WriteOptions {
  const { query, contentType, userAgent } = request;
  const isApply = contentType === applyType;
  const validation = query.get('fieldValidation') ?? 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    throw badRequest(`fieldValidation: Unsupported value: "${validation}"`);
  }
  // Clients that do not name themselves are named after the program in their User-Agent.
  const name = query.get('fieldManager') ?? (isApply ? '' : (userAgent.split('/')[0] ?? ''));
  return {
    manager: { name, operation: isApply ? 'Apply' : 'Update', subresource },
    dryRun: isDryRun(request),
    validation,
    warn: (text) => warnings.push(text),
  };
}

function isDryRun({ query, method, body }: ApiRequest): boolean {
  const own = method === 'DELETE' && isObject(body) ? body['dryRun'] : undefined;
  const value = query.get('dryRun') ?? (Array.isArray(own) ? String(own[0]) : undefined);
  if (value === undefined) return false;
  if (value !== 'All') throw badRequest(`dryRun: Unsupported value: "${value}"`);
  return true;
}
