import type { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';
import type { Clock } from '../../lib/wait.js';
import { runScript } from './shell.js';
import type { Sink } from './pipe.js';
import type { Tool } from './process.js';

/** A machine's sshd in one of its boots. */
export interface Sshd {
  /** OpenSSH private key. */
  readonly hostKey: string;
  /** OpenSSH public keys. */
  readonly allowed: readonly string[];
  readonly clock: Clock;
  /** The tools of a session, which end with the signal. */
  tools(signal: AbortSignal): Readonly<Record<string, Tool>>;
  /** Whether the connection breaks in place of a command: a fault. */
  breaks(command: string): boolean;
}

/** Speaks SSH on a connection: root only, with one of the keys, and commands only. */
export function serveSsh(sshd: Sshd, socket: Socket): void {
  const server = new ssh2.Server({ hostKeys: [sshd.hostKey] }, (client) => {
    client.on('error', () => socket.destroy());
    client.on('authentication', (context) => {
      if (isAllowed(sshd, context)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('ready', () => {
      serveCommands(sshd, client);
    });
  });
  // Half of a connection is none: who is gone may have left no more than an end.
  socket.once('end', () => socket.destroy());
  server.injectSocket(socket);
}

function isAllowed({ allowed }: Sshd, context: AuthContext): boolean {
  if (context.username !== 'root' || context.method !== 'publickey') return false;
  return allowed.some((text) => {
    const key = ssh2.utils.parseKey(text);
    if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
    if (!context.signature || !context.blob) return true;
    return key.verify(context.blob, context.signature, context.hashAlgo);
  });
}

function serveCommands(sshd: Sshd, client: Connection): void {
  const gone = new AbortController();
  client.on('close', () => {
    gone.abort();
  });
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      if (sshd.breaks(command)) {
        client.end();
        return;
      }
      void run(sshd, { channel: acceptExec(), command, signal: gone.signal });
    });
  });
}

interface Execution {
  readonly channel: ServerChannel;
  readonly command: string;
  readonly signal: AbortSignal;
}

async function run(sshd: Sshd, { channel, command, signal }: Execution): Promise<void> {
  const behind: Promise<unknown>[] = [];
  const out = sinkOf(channel, signal);
  const err = sinkOf(channel.stderr, signal);
  const fds = new Map<number, Sink>([
    [1, out],
    [2, err],
  ]);
  channel.resume();
  const closed = new Promise<void>((resolve) => {
    channel.once('close', resolve);
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const shell = { name: 'bash', args: [], tools: sshd.tools(signal), fds, statuses: [], behind };
  try {
    const status = await runScript(shell, command);
    await Promise.all(behind);
    signal.throwIfAborted();
    // No time passes until the other side has read how it ended, or is gone.
    await sshd.clock.during(async () => {
      channel.exit(status);
      channel.end();
      channel.close();
      await closed;
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function sinkOf(stream: NodeJS.WritableStream, signal: AbortSignal): Sink {
  return {
    write: (chunk) => {
      if (!signal.aborted) stream.write(chunk);
      return Promise.resolve(!signal.aborted);
    },
  };
}
