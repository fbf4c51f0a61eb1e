import { kindNames } from '../cluster/state/owned-resources.js';
import type { Change } from '../cluster/plan/plan.js';

/** Kinds whose name in a sentence is not their key. */
const names: Partial<Record<Change['kind'], string>> = {
  ...kindNames,
  'etcd-member': 'etcd member',
  kubernetes: 'Kubernetes',
  'gateway-api': 'Gateway API',
  'network-policy': 'network policy',
  cilium: 'Cilium',
};

/** A kind as a sentence has it: `SSH key`. */
export function kindName({ kind }: Pick<Change, 'kind'>): string {
  return names[kind] ?? kind;
}
