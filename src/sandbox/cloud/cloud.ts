import { isTokenOf } from '../tokens.js';
import type { Balancer, Listening, Machine, MachineRoom } from '../machines.js';
import type { Random, Simulated } from '../simulation.js';
import type { ActionFailure } from './action-records.js';
import { ApiError } from './api-error.js';
import { parseJson } from './body.js';
import { serverTypes } from './catalogue.js';
import { reconcileSelectors } from './firewall-targets.js';
import { failHostOf } from './hosts.js';
import { addSystemImages } from './images.js';
import { checkTargets } from './load-balancer-health.js';
import { addressBefore, balancerAt } from './load-balancer-traffic.js';
import { admits, listMachines } from './machine-room.js';
import type { LimitName } from './limits.js';
import { byIdOrName, type Shortage } from './market.js';
import { advanceProject, nextEvent } from './progress.js';
import { Project, type SavedProject } from './project.js';
import { RateLimit } from './rate-limit.js';
import type { Architecture, DiskContent } from './records.js';
import type { CloudRequest, CloudResponse } from './request.js';
import type { Answer } from './route.js';
import { findRoute } from './router.js';
import { switchOff } from './server-changes.js';
import { ensureSnapshot, type SnapshotOrder } from './snapshots.js';

export type { CloudRequest, CloudResponse } from './request.js';

export interface CloudOptions {
  readonly random: Random;
  /** Simulated ms since the epoch. */
  readonly now: number;
  /** The API token of the project. */
  readonly token: string;
  /** What the machines answer on their ports; nothing unless given. */
  readonly listening?: Listening;
  /** What `toJSON()` gave. */
  readonly saved?: unknown;
}

interface SavedCloud {
  readonly project: SavedProject;
  readonly rateLimit: { tokens: number; at: number };
  readonly requests: number;
}

/** One project of a simulated Hetzner Cloud, and the computers that run in it. */
export class Cloud implements Simulated, MachineRoom {
  readonly #project: Project;
  #token: string;
  readonly #rateLimit: RateLimit;
  #requests: number;

  constructor(options: CloudOptions) {
    const { random, now, listening = () => undefined } = options;
    // Copied: the saved state belongs to the caller.
    const saved = structuredClone(options.saved) as SavedCloud | undefined;
    this.#project = new Project({ random, now, listening, saved: saved?.project });
    this.#token = options.token;
    this.#rateLimit = new RateLimit(now, saved?.rateLimit);
    this.#requests = saved?.requests ?? 0;
    if (!saved) addSystemImages(this.#project);
  }

  /** Answers one API request at a point in simulated time. */
  request(request: CloudRequest, now: number): CloudResponse {
    this.advance(now);
    this.#requests++;
    const answer = this.#answer(request, now);
    const headers: Record<string, string> = {
      ...this.#rateLimit.headers(now),
      'x-correlation-id': this.#requests.toString(16).padStart(16, '0'),
      ...answer.headers,
    };
    if (answer.body === undefined) return { status: answer.status, headers, body: undefined };
    headers['content-type'] = 'application/json';
    return { status: answer.status, headers, body: JSON.stringify(answer.body) };
  }

  /** Puts a Talos snapshot into the project, unless it is there already. Returns its id. */
  ensureSnapshot(order: SnapshotOrder): number {
    return ensureSnapshot(this.#project, order);
  }

  /** The architecture of a server type; undefined when there is no such type. */
  architectureOf(serverType: string): Architecture | undefined {
    return byIdOrName(serverTypes, serverType)?.architecture;
  }

  /** Sells a server type out in a location, or has it again. */
  setAvailability(type: string, location: string, available: boolean, shortage?: Shortage): void {
    this.#project.market.setAvailability(type, location, available, shortage);
  }

  /** Closes a location for new servers, or opens it again. */
  setLocation(name: string, open: boolean, shortage?: Shortage): void {
    this.#project.market.setLocation(name, open, shortage);
  }

  /** Leaves a location so many hosts; undefined: as many as are needed. */
  setHosts(location: string, most: number | undefined): void {
    this.#project.market.setHosts(location, most);
  }

  /** Takes the power from the host of this server, and so from every server on it. */
  failHostOf(serverId: number): void {
    failHostOf(this.#project, this.#project.servers.get(serverId));
  }

  /** The operating system of a server stops for good, as by a kernel panic: Hetzner has it as running. */
  hang(serverId: number): void {
    this.#project.servers.get(serverId).poweredOnAt = null;
  }

  /** Sets a limit of the account, as `server_limit`; undefined lifts it. */
  setLimit(name: LimitName, most: number | undefined): void {
    this.#project.limits.set(name, most);
  }

  /** Lets the next snapshots stay in creation for ever, though their actions end well. */
  stallSnapshots(count: number): void {
    this.#project.stalledSnapshots = count;
  }

  /** What is on a server's disk; undefined when there is no such server. */
  diskContent(serverId: number): DiskContent | undefined {
    return this.#project.servers.find(serverId)?.disk;
  }

  /** The system that runs on a server wrote to its disk; what was there before is lost. */
  writeDisk(serverId: number, content: DiskContent, now: number): void {
    const server = this.#project.servers.find(serverId);
    if (server) Object.assign(server, { disk: content, rebuiltAt: now });
  }

  /** Revokes the project's token; another is taken from now on. */
  replaceToken(token: string): void {
    this.#token = token;
  }

  /** Uses up the request budget but for `left` requests, as another client of the project would. */
  drainRateLimit(now: number, left = 0): void {
    this.#rateLimit.drain(now, left);
  }

  /** Lets running actions end in error instead of taking effect. */
  failActions(ids: readonly number[], failure: ActionFailure): void {
    for (const id of ids) this.#project.actions.get(id).failure = failure;
  }

  /** Makes running actions take `factor` times as long. */
  slowActions(ids: readonly number[], factor: number): void {
    for (const id of ids) {
      const action = this.#project.actions.get(id);
      const extra = action.durationMs * (factor - 1);
      action.durationMs += extra;
      if (action.dueAt !== null) action.dueAt += extra;
    }
  }

  machines(): readonly Machine[] {
    return listMachines(this.#project);
  }

  powerOff(machineId: number): void {
    const server = this.#project.servers.find(machineId);
    if (server) switchOff(server);
  }

  admits(machineId: number, source: string, port: number): boolean {
    return admits(this.#project, machineId, { source, port });
  }

  balancerAt(address: string, port: number): Balancer | undefined {
    return balancerAt(this.#project, address, port);
  }

  /** The public address of a load balancer before this machine; undefined: there is none. */
  addressBefore(machineId: number): string | undefined {
    return addressBefore(this.#project, machineId);
  }

  /** Lets the load balancers look at their targets as these are now. */
  checkTargets(): void {
    checkTargets(this.#project);
  }

  nextDue(): number | undefined {
    return nextEvent(this.#project);
  }

  advance(now: number): void {
    advanceProject(this.#project, now);
  }

  /** How many things of its owner's a saved project holds. */
  static countKept(saved: unknown): number {
    const { project } = saved as SavedCloud;
    const { servers, networks, firewalls, sshKeys, volumes, loadBalancers } = project;
    const tables = [servers, networks, firewalls, sshKeys, volumes, loadBalancers];
    return tables.reduce((sum, table) => sum + table.length, 0);
  }

  toJSON(): SavedCloud {
    return {
      project: this.#project.toJSON(),
      rateLimit: this.#rateLimit.toJSON(),
      requests: this.#requests,
    };
  }

  #answer(request: CloudRequest, now: number): Answer {
    try {
      if (!this.#rateLimit.take(now)) {
        throw new ApiError(429, 'rate_limit_exceeded', 'limit of 3600 requests per hour reached');
      }
      return this.#handle(request);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, code, message, details } = error;
      return { status, body: { error: { code, message, details } } };
    }
  }

  #handle(request: CloudRequest): Answer {
    const { method, path, query } = request;
    const match = findRoute(path);
    if (!match) throw new ApiError(404, 'not_found', 'api route not found');
    this.#authenticate(request.headers['authorization']);
    const handler = match.handlers[method];
    if (!handler) throw new ApiError(405, 'method_not_allowed', 'method not allowed');
    const { id, subId } = match;
    const body = method === 'GET' ? undefined : parseJson(request.body);
    const answer = handler(this.#project, { id, subId, path, query, body });
    if (method !== 'GET') reconcileSelectors(this.#project);
    return answer;
  }

  #authenticate(authorization: string | undefined): void {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new ApiError(401, 'unauthorized', 'token is required');
    if (!isTokenOf(this.#token, token)) {
      throw new ApiError(401, 'unauthorized', 'the token you have provided is invalid');
    }
  }
}
