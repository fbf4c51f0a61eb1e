/** The name of the cluster's one network, one firewall and one SSH key: each kind has its own names. */
export function sharedResourceName(cluster: string): string {
  return cluster;
}

/** The name of a server and of its Kubernetes node; `index` starts at 1. */
export function nodeName(cluster: string, pool: string, index: number): string {
  return `${cluster}-${pool}-${index}`;
}
