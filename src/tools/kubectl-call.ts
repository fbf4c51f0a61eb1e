import type { Invocation } from './invocation.js';

/** Real milliseconds; a server that accepts and never answers would be waited for endlessly. */
export const shortMs = 30_000;
/** Real milliseconds for what is done without when the cluster does not answer. */
export const briefMs = 10_000;

type CallOptions = Partial<Pick<Invocation, 'timeoutMs' | 'stdin' | 'waits'>>;

/** A call of kubectl with this kubeconfig. */
export function call(
  kubeconfig: string,
  args: readonly string[],
  options: CallOptions = {},
): Invocation {
  const target = ['--kubeconfig', kubeconfig];
  return { tool: 'kubectl', timeoutMs: shortMs, ...options, args: [...target, ...args] };
}
