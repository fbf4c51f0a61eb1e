/** What goes wrong with a request. */
export type Fault =
  /** The API refuses, and nothing happens. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly details?: object;
    }
  /** Something in front of the API answers with a page, and nothing happens. */
  | { readonly kind: 'html'; readonly status: number }
  /** The connection breaks: before the request has had its effect, or after. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** No answer ever comes. */
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  /** The request succeeds, but the actions that it began will end in error. */
  | { readonly kind: 'action-error'; readonly code?: string; readonly message?: string }
  /** The actions that the request began take `factor` times as long. */
  | { readonly kind: 'slow-action'; readonly factor: number }
  /** Every object of the answer has fields that no description mentions. */
  | { readonly kind: 'extra-fields'; readonly fields: Readonly<Record<string, unknown>> };

/** When a fault strikes: all conditions that are given must hold. */
export interface FaultRule {
  /** The n-th request of the run, from 1. */
  readonly request?: number;
  /** The n-th request of the run that is not a GET, from 1. */
  readonly write?: number;
  readonly method?: string;
  /** Matched against the path after `/v1`, without the query. */
  readonly path?: RegExp;
  /** Not before the n-th request that meets these conditions, from 1. */
  readonly nth?: number;
  /** How often it strikes; once unless given, `Infinity` for always. */
  readonly count?: number;
  readonly fault: Fault;
}

/** A request that reached the simulated API, and how it was answered. */
export interface RecordedRequest {
  readonly method: string;
  /** The path after `/v1`, without the query. */
  readonly path: string;
  readonly query: string;
  /** The parsed JSON body; undefined without one, the text itself when it is no JSON. */
  readonly body: unknown;
  /** The HTTP status, or what happened instead of an answer. */
  readonly outcome: number | 'reset' | 'hang';
  /** The error code of the answer. */
  readonly error: string | undefined;
  /** Actions that the request began. */
  readonly begun: number;
  /** What went wrong with it on purpose. */
  readonly fault: Fault['kind'] | undefined;
}

interface PlannedFault {
  readonly rule: FaultRule;
  left: number;
  /** Requests so far that meet its conditions. */
  met: number;
}

/** The faults of a test run, and the record of what was asked. */
export class FaultPlan {
  readonly #rules: PlannedFault[];
  readonly #requests: RecordedRequest[] = [];
  #seen = 0;
  #writes = 0;

  constructor(rules: readonly FaultRule[] = []) {
    this.#rules = rules.map(planned);
  }

  add(rule: FaultRule): void {
    this.#rules.push(planned(rule));
  }

  /** Lifts all faults; the record and its numbers go on. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** All requests so far, in the order of their answers. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** The requests so far that were not GETs. */
  get writes(): readonly RecordedRequest[] {
    return this.#requests.filter(({ method }) => method !== 'GET');
  }

  /** Counts a request that comes in, and tells what shall go wrong with it. */
  next(method: string, path: string): Fault | undefined {
    this.#seen++;
    if (method !== 'GET') this.#writes++;
    const met = this.#rules.filter(({ rule }) => this.#matches(rule, method, path));
    for (const one of met) one.met++;
    const struck = met.find(({ rule, left, met }) => left > 0 && met >= (rule.nth ?? 1));
    if (!struck) return undefined;
    struck.left--;
    return struck.rule.fault;
  }

  record(request: RecordedRequest): void {
    this.#requests.push(request);
  }

  #matches(rule: FaultRule, method: string, path: string): boolean {
    if (rule.request !== undefined && rule.request !== this.#seen) return false;
    if (rule.write !== undefined && (method === 'GET' || rule.write !== this.#writes)) return false;
    if (rule.method !== undefined && rule.method !== method) return false;
    return rule.path?.test(path) ?? true;
  }
}

function planned(rule: FaultRule): PlannedFault {
  return { rule, left: rule.count ?? 1, met: 0 };
}
