import { z } from 'zod';
import { UnreadableElement, readElements, type Tolerance } from './elements.js';
import { HetznerError } from './errors.js';
import type { ApiRequest, Query } from './exchange.js';
import type { FailureContext } from './answer.js';

/** A list of the API. */
export interface ListOf {
  readonly path: string;
  /** The plural under which the answer holds it. */
  readonly key: string;
  readonly query?: Query;
  readonly purpose: string;
}

type Ask = <S extends z.ZodType>(request: ApiRequest, schema: S) => Promise<z.output<S>>;

/** The most that Hetzner gives at once. */
const pageSize = 50;
/** Ten thousand of one kind: more than a project may have. */
const mostPages = 200;

/** The whole of a list, page by page; it ends, whatever the API says of further pages. */
export async function readList<S extends z.ZodObject>(
  ask: Ask,
  {
    of,
    schema,
    tolerance,
    context,
  }: {
    readonly of: ListOf;
    readonly schema: S;
    readonly tolerance: Tolerance;
    readonly context: Omit<FailureContext, 'purpose'>;
  },
): Promise<z.output<S>[]> {
  const fail = (message: string): HetznerError =>
    new HetznerError({
      ...context,
      ...{ purpose: of.purpose, message },
      code: 'unreadable_answer',
      status: 200,
    });
  const found: z.output<S>[] = [];
  for (let page = 1; ;) {
    const query: Query = { ...of.query, page, per_page: pageSize };
    const request: ApiRequest = { method: 'GET', path: of.path, purpose: of.purpose, query };
    const { elements, next } = await ask(request, pageOf(of.key));
    found.push(...elementsOf(elements, { schema, tolerance, fail }));
    if (next === null) return found;
    if (next <= page) throw fail(`the page after ${page} would be ${next}`);
    if (next > mostPages) throw fail(`there are more than ${mostPages} pages`);
    page = next;
  }
}

const pages = new Map<string, z.ZodType<Page>>();

/** Made once for each list: what a schema costs is its first use. */
function pageOf(key: string): z.ZodType<Page> {
  const page = pages.get(key) ?? newPage(key);
  pages.set(key, page);
  return page;
}

function newPage(key: string): z.ZodType<Page> {
  const pagination = z.object({ next_page: z.int().nullish() });
  return z
    .object({
      [key]: z.array(z.unknown()).nullable(),
      meta: z.object({ pagination: pagination.nullish() }).nullish(),
    })
    .transform((page) => ({
      elements: (page[key] ?? []) as readonly unknown[],
      next: (page['meta'] as Meta | null | undefined)?.pagination?.next_page ?? null,
    }));
}

interface Page {
  readonly elements: readonly unknown[];
  /** The number of the page after it; null after the last one. */
  readonly next: number | null;
}

type Meta = { readonly pagination?: { readonly next_page?: number | null | undefined } | null };

function elementsOf<S extends z.ZodObject>(
  elements: readonly unknown[],
  options: { schema: S; tolerance: Tolerance; fail: (message: string) => HetznerError },
): z.output<S>[] {
  try {
    return readElements(elements, options.schema, options.tolerance);
  } catch (error) {
    throw error instanceof UnreadableElement ? options.fail(error.message) : error;
  }
}
