import { ExitCode, InterruptedError, joinMissing, OxideError } from './errors.js';

/**
 * Runs independent work side by side and waits for all of it, also when a part fails: what is
 * under way ends in a known state before the first failure is thrown. An interrupt goes first only
 * when nothing else failed, because the other failure is the one that needs an answer.
 */
export function inParallel<const T extends readonly Promise<unknown>[]>(
  ...work: T
): Promise<Results<T>> {
  return settled(work, (failures) => failures[0]);
}

/**
 * As `inParallel`, for first looks: when several of them find that something is missing, the error that is
 * thrown names all of it.
 */
export function findMissing<const T extends readonly Promise<unknown>[]>(
  ...work: T
): Promise<Results<T>> {
  return settled(work, (failures) => {
    const missing = failures.filter(
      (reason): reason is OxideError =>
        reason instanceof OxideError && reason.exitCode === ExitCode.precondition,
    );
    return missing.length > 1 ? joinMissing(missing) : (missing[0] ?? failures[0]);
  });
}

type Results<T extends readonly Promise<unknown>[]> = {
  -readonly [K in keyof T]: Awaited<T[K]>;
};

async function settled<const T extends readonly Promise<unknown>[]>(
  work: T,
  choose: (failures: readonly unknown[]) => unknown,
): Promise<Results<T>> {
  const ended = await Promise.allSettled(work);
  const failures = ended.flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  const serious = failures.filter((reason) => !(reason instanceof InterruptedError));
  if (failures.length > 0) throw choose(serious.length > 0 ? serious : failures);
  return ended.map((end) => (end as PromiseFulfilledResult<unknown>).value) as Results<T>;
}
