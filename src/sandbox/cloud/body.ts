import type { z } from 'zod';
import { ApiError, invalidFields } from './api-error.js';

/**
 * The JSON of a request body; `json_error` when it is none, with the status and the words seen live
 * (Cyclenerd/hcloud-github-runner, issue 22), where the official description says 400.
 */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(422, 'json_error', 'syntax error', {});
  }
}

/** Checks a body against its schema; 422 `invalid_input` names every field that does not fit. */
export function checkBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const fields = new Map<string, string[]>();
  for (const issue of result.error.issues) {
    const path = issue.path.join('.');
    const names =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => (path === '' ? key : `${path}.${key}`))
        : [path === '' ? 'body' : path];
    for (const name of names) fields.set(name, [...(fields.get(name) ?? []), issue.message]);
  }
  throw invalidFields([...fields].map(([name, messages]) => ({ name, messages })));
}
