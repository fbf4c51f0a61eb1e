import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createAuthority, createCertificate, dayMs, type KeyPair } from '../../src/sandbox/pki.js';

/** A certificate authority of a test, with the certificates that it gives out. */
export interface TestAuthority {
  /** PEM */
  readonly certificate: string;
  /** For these names; valid from `from` days before now, for `days`. */
  issue(names: readonly string[], validity?: { from?: number; days?: number }): Promise<KeyPair>;
}

/** A new one, which nobody trusts yet. */
export async function testAuthority(commonName = 'Test CA'): Promise<TestAuthority> {
  const now = Date.now();
  const subject = { commonName };
  const validity = { notBefore: now - 400 * dayMs, lifetimeMs: 800 * dayMs };
  const issuer = await createAuthority({ algorithm: 'ecdsa-p256', subject, ...validity });
  return {
    certificate: issuer.crt,
    issue: (sans, { from = 1, days = 10 } = {}) =>
      createCertificate({
        issuer,
        subject: { commonName: sans[0] ?? 'nobody' },
        usage: 'server',
        sans,
        notBefore: now - from * dayMs,
        lifetimeMs: days * dayMs,
      }),
  };
}

/** Servers of one test, all on loopback; `stop` ends them and what is connected. */
export class Loopback {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** An HTTPS server with this certificate; its port. */
  https(pair: KeyPair, listener: RequestListener): Promise<number> {
    return this.#listen(createHttpsServer({ cert: pair.crt, key: pair.key }, listener));
  }

  http(listener: RequestListener): Promise<number> {
    return this.#listen(createHttpServer(listener));
  }

  /** A server that says this to everybody, whatever they want. */
  talking(text: string): Promise<number> {
    return this.#listen(createServer((socket) => socket.end(text)));
  }

  /**
   * A proxy that answers CONNECT with this status, and with 200 leads every name to one port. What
   * it was asked for is added to `asked`.
   */
  proxy(to: number, { status = 200, asked = [] }: { status?: number; asked?: string[] } = {}) {
    const server = createHttpServer((_, response) => response.writeHead(400).end());
    server.on('connect', ({ url, headers }, client: Socket) => {
      asked.push(`${url ?? ''} ${headers['proxy-authorization'] ?? '-'}`);
      client.on('error', () => undefined);
      if (status !== 200) {
        client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
        return;
      }
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      const target = connect(to, '127.0.0.1');
      target.on('error', () => client.destroy());
      target.pipe(client).pipe(target);
    });
    return this.#listen(server);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
}
