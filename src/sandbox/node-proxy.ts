import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Identity, KubeCluster } from './kubernetes/cluster.js';

/** The API server that listens on a machine, or why a connection to it fails. */
export type ApiServer =
  | {
      readonly kube: KubeCluster;
      readonly key: string;
      readonly cert: string;
      readonly clientCa: string;
    }
  /** Something else than an API server, which takes the connection as it is. */
  | { accept(socket: Socket): void }
  | { readonly refused: string };

export interface NodeProxyOptions {
  /** Who listens at this address of the simulated internet. */
  readonly locate: (host: string, port: number) => Promise<ApiServer>;
  /** Called before each request that reaches an API server. */
  readonly settle: () => number;
  /** Called after each request that may have changed something. */
  readonly changed: () => void;
}

/**
 * Leads connections for the simulated nodes' public addresses (`CONNECT 203.0.113.7:6443`) to their
 * API servers. TLS runs from end to end between the real kubectl and the node's own certificate,
 * so a wrong authority, a missing SAN or a foreign client certificate fails as on a real cluster.
 */
export class NodeProxy {
  readonly #options: NodeProxyOptions;
  readonly #servers = new Map<string, TlsServer>();
  readonly #sockets = new Set<Socket>();

  constructor(options: NodeProxyOptions) {
    this.#options = options;
  }

  attachTo(server: Server): void {
    server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      void this.#connect(request.url ?? '', socket, head);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers.values()) server.close();
  }

  async #connect(target: string, socket: Socket, head: Buffer): Promise<void> {
    const colon = target.lastIndexOf(':');
    const host = target.slice(0, colon).replace(/^\[|\]$/g, '');
    const found = await this.#options.locate(host, Number(target.slice(colon + 1)));
    if (socket.destroyed) return;
    if ('refused' in found) {
      socket.end(`HTTP/1.1 502 ${found.refused}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    if ('accept' in found) found.accept(socket);
    else this.#serverFor(found).emit('connection', socket);
  }

  #serverFor(api: Extract<ApiServer, { kube: KubeCluster }>): TlsServer {
    const known = this.#servers.get(api.cert);
    if (known) return known;
    const server = createTlsServer(
      {
        key: api.key,
        cert: api.cert,
        ca: api.clientCa,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        this.#options.settle();
        response.on('finish', () => {
          if (request.method !== 'GET') this.#options.changed();
        });
        api.kube.handle(request, response, identityOf(request.socket), this.#options.settle);
      },
    );
    server.keepAliveTimeout = 60_000;
    this.#servers.set(api.cert, server);
    return server;
  }
}

/** The user and groups of a client certificate that the cluster's authority signed. */
function identityOf(socket: Socket): Identity | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  // A name that occurs several times in the subject comes as an array, whatever the types say.
  const certificate = socket.getPeerCertificate();
  const subject = certificate.subject as Record<string, string | string[]>;
  const groups = subject['O'] ?? [];
  const user = subject['CN'] ?? '';
  return {
    user: String(user),
    groups: typeof groups === 'string' ? [groups] : groups,
    credential: `X509SHA256=${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`,
  };
}
