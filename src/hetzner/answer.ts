import { z } from 'zod';
import { HetznerError } from './errors.js';
import type { ApiAnswer } from './exchange.js';
import type { HetznerFailure } from './failure.js';

/** What stays the same in all failures of one request. */
export type FailureContext = Pick<HetznerFailure, 'purpose' | 'tokenSource' | 'endpoint'>;

const envelope = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().catch('Hetzner gives no reason'),
    details: z.unknown().optional(),
  }),
});

/** The checked content of a success, or the `HetznerError` that the answer is. */
export function readAnswer<S extends z.ZodType>(
  answer: ApiAnswer,
  schema: S,
  context: FailureContext,
): z.output<S> {
  const { status } = answer;
  const correlationId = answer.headers['x-correlation-id'];
  const fail = (code: string, message: string): HetznerError =>
    new HetznerError({ ...context, code, message, status, correlationId });
  const body = answer.text === '' && isSuccess(status) ? {} : parseJson(answer.text);
  if (body === undefined) {
    const type = answer.headers['content-type'] ?? 'no content type';
    throw fail(bareCode(status), `an answer that is not from the API itself (${type})`);
  }
  if (isSuccess(status)) {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw fail('unreadable_answer', firstProblem(parsed.error));
  }
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw fail(bareCode(status), 'an error without a code');
  throw new HetznerError({ ...context, ...parsed.data.error, status, correlationId });
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What an answer of a proxy in front of the API means: it carries no error of the API's own. */
function bareCode(status: number): string {
  switch (status) {
    case 429:
      return 'rate_limit_exceeded';
    case 502:
      return 'bad_gateway';
    case 503:
      return 'unavailable';
    case 504:
      return 'timeout';
    default:
      return status >= 500 ? 'server_error' : 'not_the_api';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names the field, never its value: answers can hold secrets, too. */
export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue || issue.path.length === 0) return 'the answer is not what the API describes';
  return `the field ${issue.path.join('.')} is not what the API describes`;
}
