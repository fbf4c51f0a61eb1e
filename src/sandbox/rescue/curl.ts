import { fail, put, BrokenPipe, type Process, type Tool } from './process.js';

/** What an address answers the machine; a text: why there is no connection, with curl's status. */
export type Reply =
  | {
      readonly status: number;
      readonly type: string;
      readonly body: Buffer;
      readonly breaksAt?: number;
    }
  | { readonly exit: number; readonly words: string };

export interface Net {
  get(url: string): Promise<Reply>;
  /** Lets the time pass that these bytes take. */
  transfer(bytes: number): Promise<void>;
}

const partSize = 32 * 1024;
const withValue = ['--connect-timeout', '--speed-limit', '--speed-time', '-D'];

/** curl with the words of 7.88. */
export function curlFor(net: Net): Tool {
  return async (run) => {
    const wish = readArgs(run.args);
    if ('wrong' in wish) {
      await fail(run, `curl: option ${wish.wrong}: is unknown`);
      return fail(run, "curl: try 'curl --help' or 'curl --manual' for more information", 2);
    }
    const reply = await net.get(wish.url);
    if ('exit' in reply) return fail(run, `curl: (${reply.exit}) ${reply.words}`, reply.exit);
    const { status, type, body } = reply;
    const head = run.files.get(wish.headers);
    const length = `content-length: ${body.length}`;
    if (head)
      await put(
        head,
        `HTTP/1.1 ${status} ${words[status] ?? ''}\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`,
      );
    if (status >= 400) {
      return fail(run, `curl: (22) The requested URL returned error: ${status}`, 22);
    }
    return receive(run, net, reply);
  };
}

const words: Readonly<Record<number, string>> = {
  200: 'OK',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

async function receive(
  run: Process,
  net: Net,
  { body, breaksAt = body.length }: Extract<Reply, { body: Buffer }>,
): Promise<number> {
  try {
    for (let at = 0; at < breaksAt; at += partSize) {
      const part = body.subarray(at, Math.min(at + partSize, breaksAt));
      await net.transfer(part.length);
      await put(run.out, part);
    }
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
    return fail(run, 'curl: (23) Failure writing output to destination', 23);
  }
  if (breaksAt === body.length) return 0;
  const left = body.length - breaksAt;
  return fail(run, `curl: (18) transfer closed with ${left} bytes remaining to read`, 18);
}

function readArgs(args: readonly string[]): { url: string; headers: string } | { wrong: string } {
  const wish = { url: '', headers: '' };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (withValue.includes(arg)) {
      index++;
      if (arg === '-D') wish.headers = args[index] ?? '';
    } else if (!arg.startsWith('-')) wish.url = arg;
    else if (!/^-[fsSL]+$/.test(arg)) return { wrong: arg };
  }
  return wish;
}
