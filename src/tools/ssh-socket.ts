import { connect, type Socket } from 'node:net';

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** A proxy (http) that leads to the host; undefined: it is reached directly. */
  readonly proxy?: string | undefined;
  readonly signal: AbortSignal;
}

/** Real milliseconds until nobody is there. */
const timeoutMs = 10_000;

/** A connection to the host, direct or through the proxy. Rejects with Node's error. */
export async function openSocket(target: SocketTarget): Promise<Socket> {
  const { host, port, proxy, signal } = target;
  if (proxy === undefined) return connected({ host, port, signal });
  const { hostname, port: proxyPort } = new URL(proxy);
  const socket = await connected({ host: hostname, port: Number(proxyPort || 80), signal });
  try {
    await passThrough(socket, `${host}:${port}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

function connected(options: { host: string; port: number; signal: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // SSH asks and answers in small pieces: none of them waits for the next, as with ssh itself.
    const socket = connect({ ...options, timeout: timeoutMs, noDelay: true });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeListener('error', reject);
      // Whoever uses it listens; until then an end of it is no end of oxide.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Asks a proxy for a connection (RFC 9110, CONNECT). What follows its answer stays to be read. */
function passThrough(socket: Socket, place: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onEnd = (): void => {
      reject(new Error('the proxy closed the connection'));
    };
    const onData = (piece: Buffer): void => {
      head = Buffer.concat([head, piece]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.pause().removeListener('data', onData).removeListener('close', onEnd);
      socket.unshift(head.subarray(end + 4));
      const [status = ''] = head.toString('latin1').split('\r\n');
      if (/^HTTP\/1\.[01] 200/.test(status)) resolve();
      else reject(new Error(`the proxy answered: ${status}`));
    };
    socket.on('data', onData).once('close', onEnd);
    socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`);
  });
}
