import { InterruptedError } from './errors.js';

/**
 * Runs independent work side by side and waits for all of it, also when a part fails: what is
 * under way ends in a known state before the first failure is thrown. An interrupt goes first only
 * when nothing else failed, because the other failure is the one that needs an answer.
 */
export async function inParallel<const T extends readonly Promise<unknown>[]>(
  ...work: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended = await Promise.allSettled(work);
  const failures = ended.flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  if (failures.length > 0) {
    throw failures.find((reason) => !(reason instanceof InterruptedError)) ?? failures[0];
  }
  return ended.map((end) => (end as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}
