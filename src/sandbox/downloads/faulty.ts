import type { RescueFaults } from '../rescue/faults.js';
import type { Caller, Download } from './answer.js';

/** What is asked of the factory. */
interface Asked {
  readonly path: string;
  readonly by: Caller;
  /** Simulated ms. */
  readonly now: number;
}

/** What the factory answers when faults are to happen; `usual` makes its answer without any. */
export function withFaults(
  faults: RescueFaults | undefined,
  asked: Asked,
  usual: () => Download,
): Download {
  if (!faults) return usual();
  const isMeant = ({ by, at }: { readonly by?: Caller; readonly at?: RegExp }): boolean =>
    (by ?? asked.by) === asked.by && (at?.test(asked.path) ?? true);
  const status = faults.take('factory-status', isMeant)?.status;
  if (status !== undefined) {
    const body = words[status] ?? 'error\n';
    return { status, contentType: 'text/plain; charset=utf-8', body };
  }
  if (faults.take('factory-html', isMeant)) {
    return { status: 200, contentType: 'text/html', body: '<html>sign in</html>\n' };
  }
  const answer = usual();
  const slow = faults.take('factory-slow', isMeant);
  if (slow) return { ...answer, from: asked.now + slow.seconds * 1_000 };
  if (typeof answer.body === 'string') return answer;
  const body = faults.take('download-changed', isMeant) ? changed(answer.body) : answer.body;
  const cut = faults.take('download-cut', isMeant);
  const stall = faults.take('download-stalls', isMeant);
  const bytes = (share: number): number => Math.floor(body.length * share);
  return {
    ...{ ...answer, body },
    ...(cut && { breaksAt: bytes(cut.share) }),
    ...(stall && { stallsAt: bytes(stall.share) }),
  };
}

/** image-factory, internal/frontend/http/http.go, `MatchError`. */
const words: Readonly<Record<number, string>> = {
  500: 'internal server error\n',
  503: 'service temporarily unavailable\n',
};

function changed(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = copy.length >> 1;
  copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle);
  return copy;
}
