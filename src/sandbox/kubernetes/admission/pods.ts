import type { KubeState } from '../state.js';
import type { Pod } from '../workloads.js';
import { violations } from './pod-security.js';

/** Why admission refuses a new pod; undefined when it takes it. */
export function podRefusal(state: KubeState, pod: Pod): string | undefined {
  const { namespace = '' } = pod.metadata;
  const { serviceAccountName: account = 'default', priorityClassName: priority } = pod.spec;
  if (!state.store.get('serviceaccounts', account, namespace)) {
    const why = `serviceaccount "${account}" not found`;
    return `error looking up service account ${namespace}/${account}: ${why}`;
  }
  if (priority && !state.store.get('priorityclasses.scheduling.k8s.io', priority)) {
    return `no PriorityClass with name ${priority} was found`;
  }
  const violation = violations(state, { namespace, pod: { ...pod }, mode: 'enforce' });
  return violation === undefined ? undefined : `violates ${violation}`;
}
