import { createHash, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../lib/errors.js';
import type { Clock } from '../lib/wait.js';
import { createCloudHandler } from './cloud/http.js';
import { isExtension } from './downloads/extensions.js';
import type { FaultPlan } from './faults.js';
import { collect, keepInHand } from './loopback.js';
import { NodeProxy } from './node-proxy.js';
import { sendDownload } from './send-download.js';
import type { TalosRequest } from './talos/protocol.js';
import { Ticker } from './ticker.js';
import type { SandboxIdentity, World } from './world.js';
import { answerCall } from './talos/rpc/answer.js';

export interface SnapshotWish {
  readonly talosVersion: string;
  /** The id that cluster.yaml names; any when undefined. */
  readonly id: number | undefined;
  /** What it has beyond Talos; nothing when undefined. */
  readonly schematic?: { readonly id: string; readonly extensions: readonly string[] } | undefined;
  /** There is a snapshot for every architecture of these types; the id's is that of the first. */
  readonly serverTypes: readonly string[];
}

/** What a sandbox says of itself to another oxide that wants to join it. */
export interface SandboxInfo {
  readonly instance: string;
  readonly speed: number;
  readonly now: number;
}

/** Where a command that joined a sandbox says that it works, for as long as it does. */
export const workPath = '/sandbox/work';
/** Where a sandbox answers what a name resolves to. */
const namesPath = '/sandbox/names/';

export interface SandboxServerOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly identity: SandboxIdentity;
  readonly instance: string;
  readonly faults: FaultPlan | undefined;
  readonly ticking: boolean;
}

/**
 * The one loopback door of a sandbox: the Hetzner API, the nodes' Talos API for the stand-in
 * talosctl, what the internet would serve, and the proxy that leads to the API servers.
 */
export class SandboxServer {
  readonly #options: SandboxServerOptions;
  readonly #http: Server;
  readonly #proxy: NodeProxy;
  readonly #ticker: Ticker;

  constructor(options: SandboxServerOptions) {
    const { world, clock } = options;
    this.#options = options;
    this.#ticker = new Ticker(world, clock);
    const cloud = createCloudHandler({
      cloud: world.cloud,
      now: () => clock.now(),
      settle: () => world.settle(),
      afterWrite: () => {
        world.saveCloud();
        this.#ticker.wake();
      },
      ...(options.faults ? { faults: options.faults } : {}),
    });
    this.#http = createServer((request, response) => {
      if (!isMeantForUs(request)) refuse(response, 421);
      else if (request.url?.startsWith('/v1/')) cloud(request, response);
      else void this.#answer(request, response);
    });
    // A request stays open for as long as a command that joined works.
    this.#http.requestTimeout = 0;
    this.#proxy = new NodeProxy({
      locate: (host, port) => world.locate(host, port),
      settle: () => world.settle(),
      changed: () => {
        this.#ticker.changed();
      },
    });
    this.#proxy.attachTo(this.#http);
  }

  /** Listens on the wished port, or on any when it is taken. */
  async listen(wished: number | undefined): Promise<number> {
    try {
      await this.#listenOn(wished ?? 0);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      await this.#listenOn(0);
    }
    if (this.#options.ticking) this.#ticker.start();
    return (this.#http.address() as AddressInfo).port;
  }

  ensureSnapshot(wish: SnapshotWish): void {
    const { world } = this.#options;
    world.settle();
    const { talosVersion, id, schematic } = wish;
    // What the factory refuses to make, nobody has put into the project.
    if (schematic?.extensions.some((name) => !isExtension(name))) return;
    // Whoever has put it there has had it from the factory.
    if (schematic) world.factory.learn(schematic.id, schematic.extensions);
    const architectures = new Set(
      wish.serverTypes.map((type) => world.cloud.architectureOf(type) ?? 'x86'),
    );
    const made = schematic && { schematic: schematic.id };
    let first = true;
    for (const architecture of architectures) {
      const named = first && id !== undefined ? { id } : {};
      world.cloud.ensureSnapshot({ talosVersion, architecture, ...named, ...made });
      first = false;
    }
    world.saveCloud();
  }

  ensureSchematic(id: string): void {
    const { world } = this.#options;
    world.factory.learn(id, []);
    world.saveCloud();
  }

  /** Stops, and saves the world. */
  async close(): Promise<void> {
    await this.stop();
    this.#options.world.settle();
    this.#options.world.saveCloud();
    this.#options.world.saveClusters();
  }

  /** Stops listening, and saves nothing. */
  async stop(): Promise<void> {
    await this.#ticker.stop();
    this.#proxy.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#http.close(() => {
        resolve();
      });
    });
  }

  #listenOn(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, '127.0.0.1', () => {
        this.#http.removeListener('error', reject);
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(messageOf(error));
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { world, clock, identity, instance } = this.#options;
    const path = request.url ?? '/';
    if (path.startsWith('/sandbox') && !hasToken(request, identity.token)) refuse(response, 401);
    else if (path === '/talos') {
      const call = JSON.parse(await collect(request)) as TalosRequest;
      const answer = await answerCall(world.talos, call, world.settle());
      world.saveClusters();
      world.saveCloud();
      this.#ticker.wake();
      sendJson(response, answer);
    } else if (path === '/sandbox') {
      sendJson(response, { instance, speed: clock.speed, now: clock.now() } satisfies SandboxInfo);
    } else if (path === workPath) {
      await keepInHand(request, response, clock);
    } else if (path === '/sandbox/snapshots') {
      this.ensureSnapshot(JSON.parse(await collect(request)) as SnapshotWish);
      sendJson(response, {});
    } else if (path === '/sandbox/schematics') {
      const { id } = JSON.parse(await collect(request)) as { id: string };
      this.ensureSchematic(id);
      sendJson(response, {});
    } else if (path.startsWith(namesPath)) {
      sendJson(response, world.resolve(decodeURIComponent(path.slice(namesPath.length))));
    } else {
      const { method = 'GET', headers } = request;
      const body = method === 'POST' ? await collect(request) : '';
      const found = await world.downloads.handle(path, { method, body });
      if (method === 'POST') world.saveCloud();
      await sendDownload(response, found, { clock, origin: `http://${headers.host ?? ''}` });
    }
  }
}

/**
 * Web pages can send requests to this machine, also under a name of their own that leads to it (DNS
 * rebinding). What tools send has the sandbox's address as its host, and names no page that it came from.
 */
function isMeantForUs({ headers, socket }: IncomingMessage): boolean {
  const hosts = [`127.0.0.1:${socket.localPort ?? 0}`, `localhost:${socket.localPort ?? 0}`];
  const ours = hosts.includes(headers.host?.toLowerCase() ?? '');
  return ours && headers.origin === undefined && headers['sec-fetch-site'] === undefined;
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const [given, own] = [headers.authorization ?? '', `Bearer ${token}`].map((text) =>
    createHash('sha256').update(text).digest(),
  );
  return given !== undefined && own !== undefined && timingSafeEqual(given, own);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(STATUS_CODES[status]);
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
