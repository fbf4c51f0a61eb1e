import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random, Simulated } from '../simulation.js';
import { cloudPrograms } from './programs/program.js';
import { answer } from './api.js';
import { ApiError } from './api-error.js';
import { serveAggregated } from './controllers/api-services.js';
import { serveDefinitions } from './controllers/definitions.js';
import { Controllers } from './controllers/reconcile.js';
import type { HetznerPort } from './hetzner-port.js';
import { Connections } from './http.js';
import { registerNode, type NodeRegistration } from './registration.js';
import type { ApiRequest, Identity } from './request.js';
import { KubeState } from './state.js';
import { bootstrapObjects, bootstrapServer } from './system-objects.js';

export type { HetznerCall } from './hetzner-port.js';
export type { NodeRegistration } from './registration.js';
export type { Identity } from './request.js';

export interface KubeClusterOptions {
  /** With or without a leading v. */
  readonly kubernetesVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly random: Random;
  /** What `toJSON` gave before. */
  readonly saved?: unknown;
  /** Simulated ms since the epoch. */
  readonly now: number;
  /** The API of the cloud that the nodes are in; none when left out. */
  readonly hetzner?: HetznerPort;
}

/** A request without HTTP, made by an administrator. */
export interface PlainRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

const administrator: Identity = { user: 'admin', groups: ['system:masters'] };

/**
 * A Kubernetes control plane in memory: the API that the real kubectl and helm work against, and
 * the controllers, scheduler and kubelets that make objects move in simulated time.
 */
export class KubeCluster implements Simulated {
  readonly #state: KubeState;
  readonly #connections = new Connections();
  readonly #controllers = new Controllers();
  #reconciled = -1;

  constructor(options: KubeClusterOptions) {
    this.#state = new KubeState(options, options.saved);
    if (options.saved === undefined) bootstrapObjects(this.#state);
    bootstrapServer(this.#state);
    serveDefinitions(this.#state);
    serveAggregated(this.#state);
    this.advance(options.now);
  }

  /**
   * Answers an HTTP request, watches included. Without an identity it is 401, without the group
   * system:masters 403. `now` is asked once the body has arrived.
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    identity: Identity | undefined,
    now: () => number,
  ): void {
    const state = this.#state;
    void this.#connections.serve(request, response, {
      identity,
      state,
      answer: (decoded) => this.#answer(decoded, now()),
      now,
      prepare: () => {
        this.advance(now());
      },
    });
  }

  /** The same without HTTP, for in-process callers. Refusals are answers with a Status body. */
  request(request: PlainRequest, now: number): { status: number; body: unknown } {
    const url = new URL(request.path, 'http://localhost');
    try {
      const { status, body } = this.#answer(
        {
          method: request.method,
          path: url.pathname,
          query: url.searchParams,
          body: structuredClone(request.body),
          contentType: request.contentType ?? 'application/json',
          accept: request.accept ?? 'application/json',
          userAgent: 'sandbox',
          identity: administrator,
        },
        now,
      );
      return { status, body: structuredClone(body) };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.code, body: error.toStatus() };
      throw error;
    }
  }

  /** A kubelet came up. Idempotent: the node keeps its uid and what users set on it. */
  registerNode(node: NodeRegistration, now: number): void {
    this.advance(now);
    registerNode(this.#state, node);
    this.#reconcile();
  }

  /** Whether the node's kubelet still reports. Without it the node is NotReady after a while. */
  setNodeAlive(name: string, alive: boolean, now: number): void {
    this.advance(now);
    const { kubelets } = this.#state;
    const kubelet = kubelets.get(name);
    if (!kubelet || kubelet.alive === alive) return;
    kubelets.set(name, { ...kubelet, alive, since: this.#state.now });
    this.#reconcile();
  }

  nextDue(): number | undefined {
    return this.#state.timers.next();
  }

  advance(now: number): void {
    const state = this.#state;
    for (;;) {
      const due = state.timers.next() ?? Infinity;
      if (due > now) break;
      state.now = Math.max(state.now, due);
      this.#reconcile();
      // What is still due belongs to objects that are gone.
      state.timers.dropDue(due);
    }
    state.now = Math.max(state.now, now);
    if (state.store.revision !== this.#reconciled) this.#reconcile('changes');
  }

  /** Whether programs run in it that talk to the cloud: then both have to be at the same time. */
  get asksHetzner(): boolean {
    const { containers } = this.#state;
    if (containers.size === 0) return false;
    return [...containers.values()].some(({ program }) => cloudPrograms.includes(program));
  }

  toJSON(): unknown {
    return this.#state.toJSON();
  }

  /** Ends all open watches. */
  close(): void {
    this.#connections.close();
  }

  #answer(request: ApiRequest, now: number): ReturnType<typeof answer> {
    this.advance(now);
    const result = answer(this.#state, request);
    this.advance(now);
    return result;
  }

  #reconcile(why: 'time' | 'changes' = 'time'): void {
    this.#controllers.run(this.#state, why);
    this.#reconciled = this.#state.store.revision;
  }
}
