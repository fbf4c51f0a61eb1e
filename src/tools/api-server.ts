import type { Invocation } from './invocation.js';

/** By which option each tool is led to another Kubernetes API than its kubeconfig's. */
const options = { kubectl: '--server', helm: '--kube-apiserver' } as const;

/**
 * The same call, sent to this address instead of the kubeconfig's. Credentials, authority and proxy
 * stay those of the kubeconfig. A call that speaks to no cluster, or names its address, stays as it is.
 */
export function atApiServer(invocation: Invocation, server: string): Invocation {
  const { tool, args } = invocation;
  if (tool === 'talosctl' || !args.includes('--kubeconfig')) return invocation;
  const option = options[tool];
  return args.includes(option) ? invocation : { ...invocation, args: [...args, option, server] };
}
