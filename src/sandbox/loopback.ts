import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import type { Clock } from '../lib/wait.js';

/**
 * How long an answer may take, ms: a large cluster on a busy machine keeps a sandbox from answering for
 * seconds, and whoever took it for gone would run its world a second time.
 */
const patienceMs = 60_000;

/** A GET to a sandbox on this machine; undefined when nothing answers there that knows the token. */
export function getJson(url: string, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { timeout: patienceMs, headers: bearer(token) }, (response) => {
      collect(response).then((text) => {
        resolve(response.statusCode === 200 ? JSON.parse(text) : undefined);
      }, reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', () => {
      resolve(undefined);
    });
    sent.end();
  });
}

interface PostOptions {
  readonly token?: string;
  /** Aborted: nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** A POST to a sandbox on this machine. Rejects when nothing answers or the answer is no success. */
export function postJson(url: string, body: unknown, options: PostOptions = {}): Promise<unknown> {
  const { token, ...how } = options;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...bearer(token) };
    const sent = request(url, { method: 'POST', headers, ...how }, (response) => {
      collect(response).then((text) => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}: ${text}`));
      }, reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

/** A request that the other side keeps in hand until it is released, or its sender is gone. */
export interface Held {
  /** The other side's clock when it took it in hand. */
  readonly now: number;
  /** Lets go. Tells the other side's clock at that moment; undefined when it is gone. */
  release(): Promise<{ readonly now: number } | undefined>;
}

/** Sends a request without its end. Undefined when nothing takes it. */
export function holdOpen(url: string, token: string): Promise<Held | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers: bearer(token) }, (response) => {
      const lines = createInterface({ input: response })[Symbol.asyncIterator]();
      const next = async (): Promise<{ now: number } | undefined> => {
        try {
          const line = await lines.next();
          return line.done ? undefined : (JSON.parse(line.value) as { now: number });
        } catch {
          return undefined;
        }
      };
      void next().then((first) => {
        if (!first) resolve(undefined);
        else resolve({ now: first.now, release: () => (sent.end(), next()) });
      });
    });
    sent.on('error', () => {
      resolve(undefined);
    });
    sent.flushHeaders();
  });
}

/** The other side of `holdOpen`: works through `during` until the sender lets go or is gone. */
export async function keepInHand(
  message: IncomingMessage,
  response: ServerResponse,
  clock: Pick<Clock, 'now' | 'during'>,
): Promise<void> {
  const tell = (): void => {
    response.write(`${JSON.stringify({ now: clock.now() })}\n`);
  };
  await clock.during(async () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    tell();
    await new Promise<void>((resolve) => {
      message.once('end', resolve).once('close', resolve).resume();
    });
  });
  tell();
  response.end();
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** The whole body of a message as text. */
export async function collect(message: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
