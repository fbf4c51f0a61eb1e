import type { ServerResponse } from 'node:http';
import type { Clock } from '../lib/wait.js';
import type { Download } from './downloads/answer.js';

/** Answers with what the simulated internet has; with 404 when it has nothing there. */
export async function sendDownload(
  response: ServerResponse,
  found: Download | undefined,
  { clock, origin }: { readonly clock: Clock; readonly origin: string },
): Promise<void> {
  if (!found) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    return;
  }
  const { from = 0, location } = found;
  // Who asks waits for it, or does something else meanwhile.
  if (from > clock.now()) await clock.sleep(from - clock.now(), undefined, { background: true });
  const body = Buffer.from(found.body);
  response.writeHead(found.status, {
    'content-type': found.contentType,
    'content-length': body.length,
    ...(location !== undefined && { location: `${origin}${location}` }),
  });
  const { breaksAt, stallsAt } = found;
  if (breaksAt === undefined && stallsAt === undefined) response.end(body);
  else {
    response.write(body.subarray(0, breaksAt ?? stallsAt), () => {
      if (breaksAt !== undefined) response.destroy();
    });
  }
}
