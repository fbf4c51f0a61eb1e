import { fail, put, BrokenPipe, type Process, type Tool } from './process.js';

/** What an address answers the machine, or why there is no connection, with curl's status. */
export type Reply =
  | {
      readonly status: number;
      readonly type: string;
      readonly body: Buffer;
      /** The address that it leads to. */
      readonly location?: string;
      /** When it begins, simulated ms; at once unless given. */
      readonly from?: number;
      readonly breaksAt?: number;
      readonly stallsAt?: number;
    }
  | { readonly exit: number; readonly words: string }
  /** Nothing comes back, and nobody says no. */
  | { readonly silent: string };

type Answer = Extract<Reply, { body: Buffer }>;

export interface Net {
  get(url: string): Promise<Reply>;
  /** Lets the time pass that these bytes take. */
  transfer(bytes: number): Promise<void>;
  /** Simulated ms. */
  now(): number;
  /** Without an end, until the machine or the connection to it is gone. */
  sleep(ms: number): Promise<void>;
}

const partSize = 32 * 1024;
/** curl gives up to connect after so many seconds unless told (CURLOPT_CONNECTTIMEOUT). */
const usualConnectTimeout = 300;
const usualSpeedTime = 30;

interface Wish {
  url: string;
  /** The file that gets the headers. */
  headers: string | undefined;
  /** Letters of its short options. */
  flags: string;
  /** Seconds. */
  connectTimeout: number;
  /** Bytes a second; 0: however slow. */
  speedLimit: number;
  /** Seconds. */
  speedTime: number;
}

/** Why a transfer ends, in curl's words. */
class CurlError extends Error {
  constructor(
    readonly exit: number,
    words: string,
  ) {
    super(`(${exit}) ${words}`);
  }
}

/** curl with the words of 7.88. */
export function curlFor(net: Net): Tool {
  return async (run) => {
    const wish = readArgs(run.args);
    if (typeof wish === 'string') {
      await fail(run, `curl: option ${wish}`);
      return fail(run, "curl: try 'curl --help' or 'curl --manual' for more information", 2);
    }
    try {
      await new Transfer(run, net, wish).run();
      return 0;
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      const isTold = !wish.flags.includes('s') || wish.flags.includes('S');
      return isTold ? fail(run, `curl: ${error.message}`, error.exit) : error.exit;
    }
  };
}

const words: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Found',
  400: 'Bad Request',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

class Transfer {
  constructor(
    readonly process: Process,
    readonly net: Net,
    readonly wish: Wish,
  ) {}

  async run(): Promise<void> {
    const { flags } = this.wish;
    let answer = await this.#ask(this.wish.url);
    for (let left = 50; answer.location !== undefined && flags.includes('L'); left--) {
      if (left === 0) throw new CurlError(47, 'Maximum (50) redirects followed');
      answer = await this.#ask(answer.location);
    }
    if (answer.status >= 400 && flags.includes('f')) {
      throw new CurlError(22, `The requested URL returned error: ${answer.status}`);
    }
    await this.#receive(answer);
  }

  async #ask(url: string): Promise<Answer> {
    const reply = await this.net.get(url);
    if ('exit' in reply) throw new CurlError(reply.exit, reply.words);
    if ('silent' in reply) {
      const { connectTimeout } = this.wish;
      await this.net.sleep(connectTimeout * 1_000);
      const after = `after ${connectTimeout * 1_000 + 1} ms: Timeout was reached`;
      throw new CurlError(28, `Failed to connect to ${reply.silent} ${after}`);
    }
    await this.#nothingFor(Math.max(0, (reply.from ?? 0) - this.net.now()));
    await this.#head(reply);
    return reply;
  }

  async #head({ status, type, body, location }: Answer): Promise<void> {
    const file = this.process.files.get(this.wish.headers ?? '');
    if (!file) return;
    const lines = [
      `HTTP/1.1 ${status} ${words[status] ?? ''}`,
      ...(location === undefined ? [] : [`location: ${location}`]),
      `content-type: ${type}`,
      `content-length: ${body.length}`,
    ];
    await put(file, `${lines.join('\r\n')}\r\n\r\n`).catch(unwritten);
  }

  /** For so long nothing comes. */
  async #nothingFor(ms: number): Promise<void> {
    const { speedLimit, speedTime } = this.wish;
    const patience = speedLimit > 0 ? speedTime * 1_000 : Infinity;
    await this.net.sleep(Math.min(ms, patience));
    if (ms < patience) return;
    const slow = `Less than ${speedLimit} bytes/sec transferred the last ${speedTime} seconds`;
    throw new CurlError(28, `Operation too slow. ${slow}`);
  }

  async #receive({ body, breaksAt, stallsAt }: Answer): Promise<void> {
    const end = Math.min(breaksAt ?? body.length, stallsAt ?? body.length);
    for (let at = 0; at < end; at += partSize) {
      const part = body.subarray(at, Math.min(at + partSize, end));
      await this.net.transfer(part.length);
      await put(this.process.out, part).catch(unwritten);
    }
    if (stallsAt !== undefined) await this.#nothingFor(Infinity);
    if (breaksAt === undefined) return;
    const left = body.length - breaksAt;
    throw new CurlError(18, `transfer closed with ${left} bytes remaining to read`);
  }
}

/** curl takes no harm of a broken pipe, and says so. */
function unwritten(error: unknown): never {
  if (!(error instanceof BrokenPipe)) throw error;
  throw new CurlError(23, 'Failure writing output to destination');
}

/** What is asked for, or what is wrong with it. */
function readArgs(args: readonly string[]): Wish | string {
  const wish: Wish = {
    ...{ url: '', headers: undefined, flags: '' },
    ...{ connectTimeout: usualConnectTimeout, speedLimit: 0, speedTime: usualSpeedTime },
  };
  const numbers: Readonly<Record<string, 'connectTimeout' | 'speedLimit' | 'speedTime'>> = {
    '--connect-timeout': 'connectTimeout',
    '--speed-limit': 'speedLimit',
    '--speed-time': 'speedTime',
  };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    const number = numbers[arg];
    if (number !== undefined) {
      const value = args[++index] ?? '';
      if (!/^\d+$/.test(value)) return `${arg}: expected a proper numerical parameter`;
      wish[number] = Number(value);
    } else if (arg === '-D') wish.headers = args[++index];
    else if (!arg.startsWith('-')) wish.url = arg;
    else if (/^-[fsSL]+$/.test(arg)) wish.flags += arg.slice(1);
    else return `${arg}: is unknown`;
  }
  return wish;
}
