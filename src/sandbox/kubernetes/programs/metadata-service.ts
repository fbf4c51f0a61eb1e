import { isObject, listOr, objectOr } from '../json.js';
import type { KubeObject } from '../objects.js';
import { selects } from '../selectors.js';
import type { KubeState } from '../state.js';
import type { Pod } from '../workloads.js';

const address = '169.254.169.254/32';
const namespaceLabel = 'io.kubernetes.pod.namespace';

/**
 * Whether a pod reaches the metadata service of its server: one in the host's network always does,
 * others unless a policy of Cilium for the whole cluster denies them that address.
 */
export function reachesMetadata({ store }: KubeState, pod: Pod): boolean {
  if (pod.spec.hostNetwork === true) return true;
  const labels = labelsOf(pod);
  return !store
    .list('ciliumclusterwidenetworkpolicies.cilium.io')
    .flatMap((policy) => [policy.spec, ...listOr(policy['specs'])])
    .filter(isObject)
    .some(
      ({ endpointSelector, egressDeny }) =>
        selects(objectOr(endpointSelector), labels) &&
        listOr(egressDeny).some((rule) => listOr(objectOr(rule)['toCIDR']).includes(address)),
    );
}

/** The labels of a pod as Cilium knows them: with their source before the name, or without. */
function labelsOf({ metadata }: KubeObject): Readonly<Record<string, string>> {
  const plain = { ...metadata.labels, [namespaceLabel]: metadata.namespace ?? '' };
  const sourced = Object.entries(plain).map(([key, value]) => [`k8s:${key}`, value]);
  return { ...plain, ...(Object.fromEntries(sourced) as Record<string, string>) };
}
