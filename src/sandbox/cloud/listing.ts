import { invalidField } from './api-error.js';
import { parseSelector, type Labels } from './labels.js';
import { ok, type Answer, type Call } from './route.js';

type Sortable = string | number;

export interface ListOptions<T> {
  /** The key of the answer: `servers`. */
  readonly key: string;
  readonly rows: readonly T[];
  readonly render: (row: T) => object;
  /** What a query parameter is compared with; an array matches when it holds the value. */
  readonly filters?: Readonly<
    Record<string, (row: T) => string | number | readonly string[] | null>
  >;
  /** The values a filter knows; others are refused. */
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  readonly sorts?: Readonly<Record<string, (row: T) => Sortable>>;
  readonly labels?: (row: T) => Labels;
}

/** Answers a list: filtered, sorted, one page of it, with `meta.pagination` and a `Link` header. */
export function list<T>(call: Call, options: ListOptions<T>): Answer {
  const rows = sorted(call, filtered(call, options), options.sorts ?? {});
  const page = positive(call, 'page', 1);
  const perPage = positive(call, 'per_page', 25);
  // What the API does with more than 50 is not documented; refusing keeps clients from relying on it.
  if (perPage > 50) throw invalidField('per_page', 'must not be greater than 50');
  const lastPage = Math.max(1, Math.ceil(rows.length / perPage));
  const pagination = {
    page,
    per_page: perPage,
    previous_page: page > 1 ? page - 1 : null,
    next_page: page < lastPage ? page + 1 : null,
    last_page: lastPage,
    total_entries: rows.length,
  };
  const shown = rows.slice((page - 1) * perPage, page * perPage).map(options.render);
  const link = linkHeader(call, {
    prev: pagination.previous_page,
    next: pagination.next_page,
    last: lastPage,
  });
  return { ...ok({ [options.key]: shown, meta: { pagination } }), headers: { link } };
}

function filtered<T>(call: Call, options: ListOptions<T>): T[] {
  let rows = [...options.rows];
  for (const [name, pick] of Object.entries(options.filters ?? {})) {
    const wanted = call.query.getAll(name);
    if (wanted.length === 0) continue;
    const known = options.enums?.[name];
    const unknown = wanted.find((value) => known && !known.includes(value));
    if (unknown !== undefined) throw invalidField(name, `unknown value '${unknown}'`);
    rows = rows.filter((row) => {
      const value = pick(row);
      return wanted.some((w) => (Array.isArray(value) ? value.includes(w) : String(value) === w));
    });
  }
  const selector = call.query.get('label_selector');
  const { labels } = options;
  if (selector && labels) {
    const matches = parseSelector(selector);
    rows = rows.filter((row) => matches(labels(row)));
  }
  return rows;
}

function sorted<T>(
  call: Call,
  rows: T[],
  sorts: Readonly<Record<string, (row: T) => Sortable>>,
): T[] {
  const orders = call.query.getAll('sort').map((text) => {
    const [field = '', direction = 'asc'] = text.split(':');
    const pick = sorts[field];
    if (!pick || !['asc', 'desc'].includes(direction)) {
      throw invalidField('sort', `cannot sort by '${text}'`);
    }
    return { pick, sign: direction === 'asc' ? 1 : -1 };
  });
  return rows.sort((a, b) => {
    for (const { pick, sign } of orders) {
      const [left, right] = [pick(a), pick(b)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

function positive(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidField(name, 'must be a positive integer');
  return Number(text);
}

function linkHeader(call: Call, pages: Record<string, number | null>): string {
  return Object.entries(pages)
    .filter(([, page]) => page !== null)
    .map(([relation, page]) => {
      const query = new URLSearchParams(call.query);
      query.set('page', String(page));
      return `<https://api.hetzner.cloud/v1${call.path}?${query.toString()}>; rel="${relation}"`;
    })
    .join(', ');
}
