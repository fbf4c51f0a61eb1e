import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server as Listener, type Socket } from 'node:net';
import ssh2, { type Server, type ServerChannel } from 'ssh2';
import { onTestFinished } from 'vitest';

/** What the rescue system answers to a command. */
export interface Said {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
  /** The connection breaks in place of an end. */
  readonly broken?: boolean;
}

export interface RescueDouble {
  /** In place of the proxy that leads to the nodes. */
  readonly proxy: string;
  readonly commands: readonly string[];
}

export interface RescueOptions {
  /** Undefined: the usual answer. */
  readonly answer?: (command: string) => Said | undefined;
  /** Connections that are refused before the first that is let in. */
  readonly refusals?: number;
  /** Every connection shows a host key of its own. */
  readonly changingKey?: boolean;
}

const image = 'a disk with Talos';
export const imageBytes = 1_306_525_696;
const sum = createHash('sha256').update(image).digest('hex');
const packedSum = createHash('sha256').update(`${image}, packed`).digest('hex');

/** Words of lsblk 2.38.1, dd 9.1 (coreutils), curl 7.88.1 and xz 5.4.1, as they were seen. */
export const usual = {
  disk: 'sda disk 40802189312 \nsda1 part 40523251200 \nsda14 part 1048576 \n',
  written: (over: { stages?: string; length?: number; sum?: string; head?: string } = {}): string =>
    (over.head ??
      `HTTP/2 200 \r\ncontent-type: application/octet-stream\r\ncontent-length: ${over.length ?? 98_000_000}\r\n\r\n`) +
    '\r50000000 bytes (50 MB, 48 MiB) copied, 1 s, 50.0 MB/s' +
    '\r98000000 bytes (98 MB, 93 MiB) copied, 2 s, 49.0 MB/s\n93+1 records in\n93+1 records out\n' +
    '98000000 bytes (98 MB, 93 MiB) copied, 2.00012 s, 49.0 MB/s\n' +
    `packed ${packedSum}  -\ndisk ${over.sum ?? sum}  -\nstages ${over.stages ?? '0 0 0 0 0 0'}\n`,
  copied: `311+1 records in\n311+1 records out\n${imageBytes} bytes (1.3 GB, 1.2 GiB) copied, 9.1 s, 143 MB/s\n`,
  read: (of = sum): string => `${of}  -\nstages 0 0\n`,
} as const;

/** A rescue system that answers by script, behind a proxy as the sandbox has one. */
export async function rescueDouble(options: RescueOptions = {}): Promise<RescueDouble> {
  const commands: string[] = [];
  let refusals = options.refusals ?? 0;
  const shared = sshServer(commands, options);
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (refusals-- > 0) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      const server = options.changingKey ? sshServer(commands, options) : shared;
      server.injectSocket(socket);
    });
  });
  const port = await listening(listener);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { proxy: `http://127.0.0.1:${port}`, commands };
}

function listening(listener: Listener): Promise<number> {
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      resolve((listener.address() as { port: number }).port);
    });
  });
}

function sshServer(commands: string[], { answer }: RescueOptions): Server {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hostKey = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command);
        const said = answer?.(command) ?? usually(command);
        const channel = acceptExec();
        if (said.broken) client.end();
        else finish(channel, said);
      });
    });
  });
}

function finish(channel: ServerChannel, { stdout = '', stderr = '', status = 0 }: Said): void {
  channel.stderr.write(stderr);
  channel.write(stdout);
  channel.exit(status);
  channel.end();
}

function usually(command: string): Said {
  if (command.startsWith('lsblk ')) return { stdout: usual.disk };
  if (command.startsWith('blkdiscard ')) return {};
  if (command.includes('curl ')) return { stdout: usual.written(), stderr: usual.copied };
  if (command.includes('iflag=direct')) return { stdout: usual.read() };
  return { stderr: `bash: line 1: ${command}: command not found\n`, status: 127 };
}
