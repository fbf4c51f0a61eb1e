/** Labels that Kubernetes lets a kubelet set on its own node (kubernetes.io, "NodeRestriction"). */
const allowedLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const allowedPrefixes = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const guardedDomains = ['kubernetes.io', 'k8s.io'];

/**
 * Why a worker cannot carry this label, or undefined. Talos sets a worker's labels with the
 * kubelet's own rights, and the NodeRestriction plugin refuses them silently from there.
 */
export function labelProblem(key: string): string | undefined {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (allowedLabels.has(key) || allowedPrefixes.some((allowed) => isWithin(prefix, allowed))) {
    return undefined;
  }
  const domain = guardedDomains.find((guarded) => isWithin(prefix, guarded));
  if (domain === undefined) return undefined;
  return `Kubernetes does not let workers give themselves labels under ${domain}; choose another key`;
}

function isWithin(prefix: string, domain: string): boolean {
  return prefix === domain || prefix.endsWith(`.${domain}`);
}
