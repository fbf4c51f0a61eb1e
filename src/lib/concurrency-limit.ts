import { ExitCode, InterruptedError, OxideError } from './errors.js';
import { plural } from './format.js';

/** Lets work in, a few at a time; the rest waits in the order of its coming. */
export type ConcurrencyLimit = <T>(work: () => Promise<T>) => Promise<T>;

export function limitConcurrency(places: number): ConcurrencyLimit {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/**
 * Waits for all of the work, each a transaction of its own: one that fails does not stop the
 * others. Then one error tells of every one that failed.
 */
export async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  const reasons = ended.flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  const told = reasons.filter((reason) => reason instanceof OxideError);
  const [first] = told;
  const decisive =
    reasons.find((reason) => !(reason instanceof OxideError)) ??
    told.find((reason) => reason instanceof InterruptedError);
  if (decisive instanceof Error) throw decisive;
  if (!first) return;
  if (told.length === 1) throw first;
  const lines = told.map(({ message }) => `  ${message.replaceAll('\n', '\n  ')}`);
  const isOneKind = told.every(({ exitCode }) => exitCode === first.exitCode);
  throw new OxideError(`${plural(told.length, 'node')} failed:\n${lines.join('\n')}`, {
    hint: [...new Set(told.flatMap(({ hint }) => hint ?? []))].join('\n'),
    exitCode: isOneKind ? first.exitCode : ExitCode.partial,
  });
}
