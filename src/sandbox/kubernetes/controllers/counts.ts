/** Counts of a status as the API shows them: those that are zero are left out. */
export function counts<T extends Readonly<Record<string, number | undefined>>>(all: T): Partial<T> {
  const entries = Object.entries(all).filter(([, count]) => count !== 0 && count !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
