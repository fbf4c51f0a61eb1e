/** One HTTP request as the simulated API sees it. */
export interface CloudRequest {
  readonly method: string;
  /** What follows `/v1`, without the query: `/servers/1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string | undefined>;
  readonly body: string | undefined;
}

/** The answer to a request; `body` is undefined for 204. */
export interface CloudResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}
