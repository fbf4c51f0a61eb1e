import type { Clock } from '../../lib/wait.js';
import type { Download, DownloadRequest } from '../downloads/answer.js';
import type { Downloads } from '../downloads/downloads.js';
import { imageBytes } from '../downloads/talos-image.js';
import { durationOf } from '../timings.js';
import type { Net, Reply } from './curl.js';
import type { RescueFaults } from './faults.js';

export interface InternetOptions {
  readonly clock: Clock;
  readonly downloads: Downloads;
  readonly faults: RescueFaults;
  /** Brings the world forward: what it ends then is at an end. */
  readonly settle: () => void;
  /** Where this sandbox listens, which is all that there is of the internet. */
  readonly port: number;
  /** Aborted when the machine or the connection to it is gone. */
  readonly signal: AbortSignal;
}

const asked: DownloadRequest = { method: 'GET', body: '', by: 'builder' };

/** The simulated internet, seen from a machine: whatever this sandbox serves, and nothing else. */
export function internetOf(options: InternetOptions): Net {
  const { clock, signal, settle } = options;
  const sleep = async (ms: number): Promise<void> => {
    await (ms === Infinity ? endOf(signal) : clock.sleep(ms, signal));
    settle();
    signal.throwIfAborted();
  };
  return {
    sleep,
    now: () => clock.now(),
    get: (url) => answerTo(url, options),
    transfer: (bytes) => sleep((bytes / imageBytes) * durationOf('imageTransfer')),
  };
}

function endOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

async function answerTo(url: string, options: InternetOptions): Promise<Reply> {
  const { faults, downloads, port } = options;
  const { hostname, host, port: asksFor, pathname } = new URL(url);
  if (faults.take('no-way-out')) return { silent: `${hostname} port ${asksFor || '443'}` };
  if (faults.take('no-internet') || host !== `127.0.0.1:${port}`) {
    return { exit: 6, words: `Could not resolve host: ${hostname}` };
  }
  const found = await downloads.handle(pathname, asked);
  return replyOf(found ?? nothing, `http://${host}`);
}

const nothing: Download = { status: 404, contentType: 'text/plain', body: 'not found\n' };

function replyOf(found: Download, origin: string): Reply {
  const { contentType: type, body, location, ...rest } = found;
  const leads = location === undefined ? {} : { location: `${origin}${location}` };
  return { ...rest, type, body: Buffer.from(body), ...leads };
}
