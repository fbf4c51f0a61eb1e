import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

/** The user's own name and the kind of endpoint have to go together. */
export function apiEndpointRule({ api, talos }: ClusterConfig): readonly RuleProblem[] {
  const path = ['api', 'endpoint'];
  const named = talos.cluster_endpoint !== undefined;
  if (api.endpoint === 'dns' && !named) {
    return [{ path, reason: 'dns needs the name: set talos.cluster_endpoint' }];
  }
  if (api.endpoint === 'first' && named) {
    const reason =
      'first leads to the first control plane, and talos.cluster_endpoint names another way: take dns, or leave the name out';
    return [{ path, reason }];
  }
  return [];
}
