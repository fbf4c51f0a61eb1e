import { z } from 'zod';
import { HetznerError } from './errors.js';
import type { ApiAnswer } from './exchange.js';

const envelope = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

/** What an answer of a proxy in front of the API means: it carries no error of the API's own. */
const bareCodes: Readonly<Record<number, string>> = {
  429: 'rate_limit_exceeded',
  502: 'bad_gateway',
  503: 'unavailable',
  504: 'timeout',
};

/** The checked content of a success, or the `HetznerError` that the answer is. */
export function readAnswer<S extends z.ZodType>(
  answer: ApiAnswer,
  schema: S,
  context: { readonly purpose: string; readonly tokenSource: string },
): z.output<S> {
  const { status } = answer;
  const correlationId = answer.headers['x-correlation-id'];
  const body = answer.text === '' ? {} : parseJson(answer.text);
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const message = firstProblem(parsed.error);
    throw new HetznerError({
      ...context,
      code: 'unexpected_answer',
      message,
      status,
      correlationId,
    });
  }
  const parsed = envelope.safeParse(body);
  if (parsed.success) {
    throw new HetznerError({ ...context, ...parsed.data.error, status, correlationId });
  }
  const code = bareCodes[status] ?? 'unexpected_answer';
  const message = `an answer that is not from the API itself (${answer.headers['content-type'] ?? 'no content type'})`;
  throw new HetznerError({ ...context, code, message, status, correlationId });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names the field, never its value: answers can hold secrets, too. */
function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue || issue.path.length === 0) return 'the answer is not what the API describes';
  return `the field ${issue.path.join('.')} is not what the API describes`;
}
