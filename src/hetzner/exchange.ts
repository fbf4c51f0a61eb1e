/** Query parameters; a list is sent as a repeated parameter, undefined is left out. */
export type Query = Readonly<
  Record<string, string | number | readonly (string | number)[] | undefined>
>;

/** One request to Hetzner's API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** What follows the version: `/servers/42`. */
  readonly path: string;
  readonly query?: Query;
  /** Never shown to anyone: it can hold the cluster's keys. */
  readonly body?: unknown;
  /** What the request is for, as an error says it: `creating server demo-worker-1`. */
  readonly purpose: string;
}

/** The answer as it came over the wire. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** Sends a request once. Throws a `ConnectionError` when no whole answer came. */
export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/**
 * Why no whole answer came. Only after `no_answer`, `not_http` and `answer_too_large` can the
 * request have had an effect: with all others it was never sent.
 */
export type ConnectionCode =
  | 'unreachable'
  | 'unknown_host'
  | 'untrusted_certificate'
  | 'certificate_out_of_time'
  | 'certificate_of_another'
  | 'proxy_refused'
  | 'not_http'
  | 'answer_too_large'
  | 'no_answer';

/** No whole answer came. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    readonly code: ConnectionCode,
    reason: string,
    options: { readonly cause: unknown },
  ) {
    super(reason, options);
  }
}

/** `/servers?label_selector=a%3Db&page=1` */
export function pathWithQuery({ path, query }: Pick<ApiRequest, 'path' | 'query'>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one));
    }
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
