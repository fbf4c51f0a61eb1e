import { kindNouns } from '../cluster/state/owned-resources.js';
import type { Change } from '../cluster/plan/plan.js';

/** Kinds whose name in a sentence is not their key. */
const nouns: Partial<Record<Change['kind'], string>> = {
  ...kindNouns,
  kubernetes: 'Kubernetes',
  'gateway-api': 'Gateway API',
  cilium: 'Cilium',
};

/** A kind as a sentence has it: `SSH key`. */
export function nounOf({ kind }: Pick<Change, 'kind'>): string {
  return nouns[kind] ?? kind;
}
