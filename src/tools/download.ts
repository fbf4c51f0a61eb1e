import { createHash } from 'node:crypto';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { ExitCode, OxideError, messageOf } from '../lib/errors.js';
import { directly, isLoopback, proxyFor, type Outbound } from '../lib/outbound.js';
import { realDeadline, type Clock } from '../lib/wait.js';

const downloadTimeoutMs = 30_000;
const downloadTries = 4;
/** Bytes. The largest manifest that oxide fetches has less than 2 MB. */
const downloadLimit = 8 * 1024 * 1024;

export interface DownloadOptions {
  readonly url: string;
  /** How requests leave this machine; directly unless given. */
  readonly outbound?: Outbound | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The most that is read, bytes; 8 MiB unless given. */
  readonly limit?: number;
  /** What is sent there: it is a POST then. */
  readonly body?: Body;
}

interface Body {
  readonly text: string;
  /** Its media type. */
  readonly type: string;
}

/** The text at a URL. Network failures and 5xx are tried again, what no repetition heals is not. */
export function download(options: DownloadOptions): Promise<string> {
  const { limit = downloadLimit, body } = options;
  return inTries(options, { timeoutMs: downloadTimeoutMs, limit, ...(body && { body }) });
}

/** Real milliseconds for an image of a disk. */
const imageTimeoutMs = 30 * 60_000;

/** The SHA-256 of what is at a URL, which may be of any size. */
export function downloadDigest(options: DownloadOptions): Promise<string> {
  return inTries(options, { timeoutMs: imageTimeoutMs, limit: Infinity, digest: true });
}

async function inTries(
  options: DownloadOptions,
  limits: Omit<FetchOptions, 'signal' | 'outbound'>,
): Promise<string> {
  const { url, outbound, clock, signal } = options;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await clock.during(() => fetchText(url, { signal, outbound, ...limits }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OxideError) throw error;
      if (isFinal(error) || tries === downloadTries) throw failed(options, error);
    }
    await clock.sleep(1_000 * 2 ** tries, signal);
  }
}

function failed({ url, body }: DownloadOptions, error: unknown): OxideError {
  const trust = untrusted.test(codeOf(error))
    ? 'If a proxy of yours answers in its place and you trust it: SSL_CERT_FILE=<the certificate of its authority, PEM>.\n'
    : '';
  const why = messageOf(error) || codeOf(error);
  const { href } = plainUrl(url);
  const what = body ? `cannot post to ${href}` : `cannot download ${href}`;
  return new OxideError(`${what}: ${why}`, {
    hint: `${trust}Check the connection to the internet and the version in cluster.yaml. The same command goes on from here.`,
    cause: error,
  });
}

/** An answer that would be the same the next time. */
class FinalError extends Error {}

/** Codes of Node and OpenSSL for a certificate that is not accepted. */
const untrusted =
  /^(UNABLE_TO_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_CERT_)/;
/** What is no TLS or no HTTP will be so again; so will a proxy's refusal. */
const other = /^(ERR_SSL_|EPROTO$|HPE_|HTTPParserError$)/;
const proxyRefusal = /^Proxy response \(4\d\d\) !== 200/;

function isFinal(error: unknown): boolean {
  if (error instanceof FinalError) return true;
  const code = codeOf(error);
  return untrusted.test(code) || other.test(code) || proxyRefusal.test(messageOf(error));
}

/** undici's parser gives some of its errors no code, only a name. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly outbound: Outbound | undefined;
  /** Real milliseconds, for each redirect anew. */
  readonly timeoutMs: number;
  /** The most that is read, bytes. */
  readonly limit: number;
  readonly family?: 4 | 6;
  readonly body?: Body;
  /** Its SHA-256 in place of the text. */
  readonly digest?: boolean;
  /** Only the head of the answer; the text is empty. */
  readonly head?: boolean;
}

/** Redirects are followed: release assets are served from elsewhere. */
const redirects = 5;

/** One try of reading the text at a URL; never more of it than the limit. */
export async function fetchText(
  url: string,
  options: FetchOptions,
  left = redirects,
): Promise<string> {
  const { signal, timeoutMs, body, head } = options;
  const dispatcher = dispatcherFor(url, options);
  try {
    const response = await request(plainUrl(url), {
      dispatcher,
      ...(head && { method: 'HEAD' }),
      ...(body && { method: 'POST', body: body.text }),
      headers: {
        'user-agent': 'oxide',
        ...(body && { 'content-type': body.type }),
        ...loginOf(url),
      },
      signal: AbortSignal.any([signal, realDeadline(timeoutMs)]),
    });
    const next = redirectOf(response, url);
    if (next === undefined) return await textOf(response, options);
    if (left === 0) throw new FinalError(`more than ${redirects} redirects`);
    return await fetchText(next, options, left - 1);
  } finally {
    await dispatcher.destroy();
  }
}

/** A mirror's URL may hold a name and a password, which are for the server only. */
function loginOf(url: string): { readonly authorization?: string } {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const login = [username, password].map(decodeURIComponent).join(':');
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function plainUrl(url: string): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** Where the answer leads to. Without encryption, only this machine is trusted. */
function redirectOf(
  { statusCode, headers }: Dispatcher.ResponseData,
  url: string,
): string | undefined {
  const { location } = headers;
  if (statusCode < 300 || statusCode >= 400 || typeof location !== 'string') return undefined;
  const from = plainUrl(url);
  const next = new URL(location, from);
  const here = next.protocol === 'http:' && isLoopback(next.hostname);
  if (next.protocol === 'https:' || here) return next.href;
  const to = `${next.protocol}//${next.host}`;
  throw new OxideError(`${from.href} leads to ${to}, which is not encrypted`, {
    hint: 'oxide does not follow it. A proxy or a captive portal may be in between.',
    exitCode: ExitCode.precondition,
  });
}

async function textOf(
  { statusCode, body }: Dispatcher.ResponseData,
  { limit, body: sent, digest }: FetchOptions,
): Promise<string> {
  if (statusCode === 200 && digest) return digestOf(body);
  if (statusCode === 200 || (sent && statusCode === 201)) return read(body, limit);
  // What was sent is at fault, and the server says what of it.
  const isRefused = sent !== undefined && statusCode === 400;
  const why = isRefused ? `: ${(await read(body, limit)).trim().slice(0, 500)}` : '';
  const message = `the server answered ${statusCode}${why}`;
  const isSame = statusCode < 500 && statusCode !== 429;
  throw isSame ? new FinalError(message) : new Error(message);
}

async function digestOf(body: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}

async function read(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new FinalError(`it has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function dispatcherFor(url: string, options: FetchOptions): Agent | ProxyAgent {
  const { outbound = directly, timeoutMs: timeout, family } = options;
  const { authorities } = outbound;
  const tls = { timeout, ...(authorities ? { ca: [...authorities] } : {}) };
  const proxy = proxyFor(url, outbound);
  if (proxy) return new ProxyAgent({ uri: proxy.href, proxyTls: tls, requestTls: tls });
  // A service on this machine (http) may speak of a family that it is not reached by.
  const forced = family !== undefined && url.startsWith('https:');
  return new Agent({ connect: { ...tls, ...(forced ? { family } : {}) } });
}
