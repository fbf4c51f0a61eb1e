import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import { OxideError, messageOf } from '../lib/errors.js';
import type { Secret } from '../lib/secret.js';
import { openSocket } from './ssh-socket.js';

/** Why there is no session, or none any more. */
type SshObstacle =
  /** Nobody answers there, or the connection broke. */
  | 'unreachable'
  /** The server does not take the key. */
  | 'refused'
  /** Somebody else answers than before. */
  | 'other-host';

/** A machine that cannot be reached by SSH, or that is another one than before. */
export class SshError extends OxideError {
  override readonly name = 'SshError';

  constructor(
    readonly obstacle: SshObstacle,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export interface SshTarget {
  readonly host: string;
  readonly user: string;
  readonly privateKey: Secret;
  /** SHA-256 of the host's key, hex: nobody else is spoken to. Undefined: who answers first. */
  readonly hostKey?: string | undefined;
  /** A proxy that leads to the host; undefined: it is reached directly. */
  readonly proxy?: string | undefined;
  readonly signal: AbortSignal;
}

/** What a remote command said. */
export interface RemoteOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined: it was ended by a signal. */
  readonly status: number | undefined;
}

/** Told of each piece of standard output as it comes. */
type OnOutput = (piece: string) => void;

export interface SshSession {
  /** SHA-256 of the host's key, hex. */
  readonly hostKey: string;
  /** Runs one command. Throws a `SshError` when the connection ends before it has. */
  run(command: string, onOutput?: OnOutput): Promise<RemoteOutput>;
  close(): void;
}

/** Real milliseconds for the exchange of keys. */
const readyTimeoutMs = 10_000;
/** Real milliseconds between questions whether the other side is still there; three may be missed. */
const aliveMs = 10_000;
/** Characters that are kept of what a command says: progress alone may be many times that. */
const keptOutput = 64 * 1024;

/** Opens a session. The library is loaded now: few commands need it, and all would start later. */
export async function openSsh(target: SshTarget): Promise<SshSession> {
  const { signal } = target;
  signal.throwIfAborted();
  const { default: ssh2 } = await import('ssh2');
  const sock = await openSocket({ ...target, port: 22 }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw connectionFailure(target.host, error);
  });
  const client = new ssh2.Client();
  const hostKey = await handshake(client, { ...target, sock });
  const close = (): void => {
    signal.removeEventListener('abort', close);
    client.end();
    sock.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  return {
    hostKey,
    close,
    run: (command, onOutput) => execute(client, command, { signal, onOutput }),
  };
}

/** Resolves with the host's key when the user is let in. */
function handshake(client: Client, target: SshTarget & { readonly sock: Socket }): Promise<string> {
  const { host, user, privateKey, sock, signal, hostKey: expected } = target;
  return new Promise((resolve, reject) => {
    let seen = '';
    const onAbort = (): void => {
      sock.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('ready', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(seen);
    });
    client.on('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      sock.destroy();
      const isOther = expected !== undefined && seen !== '' && seen !== expected;
      reject(isOther ? otherHost(host, { expected, seen }) : connectionFailure(host, error));
    });
    client.on('close', () => {
      reject(new SshError('unreachable', `${host} closed the SSH connection`));
    });
    client.connect({
      ...{ sock, username: user, privateKey: privateKey.reveal() },
      hostHash: 'sha256',
      hostVerifier: (key: string) => {
        seen = key;
        return expected === undefined || key === expected;
      },
      readyTimeout: readyTimeoutMs,
      keepaliveInterval: aliveMs,
    });
  });
}

function otherHost(
  host: string,
  { expected, seen }: { readonly expected: string; readonly seen: string },
): SshError {
  return new SshError(
    'other-host',
    `${host} shows another SSH host key than before: SHA-256 ${seen}, not ${expected}`,
  );
}

function connectionFailure(host: string, error: unknown): SshError {
  // The library's own word, see its README ("error" event of the client).
  const isRefused =
    error instanceof Error && 'level' in error && error.level === 'client-authentication';
  const what = isRefused ? `${host} does not accept the SSH key` : `no SSH to ${host}`;
  return new SshError(isRefused ? 'refused' : 'unreachable', `${what}: ${messageOf(error)}`, error);
}

interface Execution {
  readonly signal: AbortSignal;
  readonly onOutput: OnOutput | undefined;
}

function execute(
  client: Client,
  command: string,
  { signal, onOutput }: Execution,
): Promise<RemoteOutput> {
  return new Promise((resolve, reject) => {
    const lost = (): void => {
      const error = new SshError('unreachable', 'the SSH connection broke');
      reject(signal.aborted ? (signal.reason as Error) : error);
    };
    client.once('close', lost);
    const ended = (output: RemoteOutput | undefined): void => {
      client.removeListener('close', lost);
      // Without an exit status and without a signal, the connection ended and not the command.
      if (output) resolve(output);
      else lost();
    };
    try {
      client.exec(command, (error, channel) => {
        if (error) lost();
        else void collect(channel, onOutput).then(ended);
      });
    } catch {
      // The connection ended while nothing ran: the library throws, and "close" is over.
      lost();
    }
  });
}

/** Undefined: the channel ended, and nobody said that the command had. */
function collect(
  channel: ClientChannel,
  onOutput: OnOutput | undefined,
): Promise<RemoteOutput | undefined> {
  const said = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof said, piece: string): void => {
    said[stream] = (said[stream] + piece).slice(-keptOutput);
  };
  channel.setEncoding('utf8').on('data', (piece: string) => {
    keep('stdout', piece);
    onOutput?.(piece);
  });
  channel.stderr.setEncoding('utf8').on('data', (piece: string) => {
    keep('stderr', piece);
  });
  return new Promise((resolve) => {
    let ended: { readonly status: number | undefined } | undefined;
    channel.on('exit', (status: number | null) => {
      ended = { status: status ?? undefined };
    });
    channel.on('close', () => {
      resolve(ended && { ...said, ...ended });
    });
  });
}
