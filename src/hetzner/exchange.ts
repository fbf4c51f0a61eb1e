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

/** No whole answer came. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** True when the connection was never made, so that the request cannot have had an effect. */
  readonly neverSent: boolean;

  constructor(reason: string, options: { neverSent: boolean; cause: unknown }) {
    super(reason, { cause: options.cause });
    this.neverSent = options.neverSent;
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
