import { Resolver } from 'node:dns/promises';

/** Real milliseconds until a name server counts as silent. */
const timeoutMs = 3_000;

/** The IPv4 addresses that a name leads to; none when it has no record, or nobody answers. */
export async function resolveName(name: string): Promise<readonly string[]> {
  try {
    return await new Resolver({ timeout: timeoutMs, tries: 1 }).resolve4(name);
  } catch {
    return [];
  }
}
