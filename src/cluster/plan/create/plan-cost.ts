import type { Catalogue } from '../../catalogue/catalogue.js';
import { monthlyCost } from '../../catalogue/prices.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { addCosts, type Cost } from '../../state/cost.js';
import type { ShownPlan } from '../plan.js';
import { balancerCost } from './balancer-plan.js';

interface Placed {
  readonly type: string;
  readonly location: string;
}

/** What servers cost per month, with the load balancer before them, if there is one. */
export function costWith(
  catalogue: Catalogue,
  servers: readonly Placed[],
  balancer: Placed | undefined,
): Cost {
  const cost = monthlyCost(catalogue, servers);
  if (!balancer) return cost;
  return addCosts([{ monthly: cost }, { monthly: balancerCost(catalogue, balancer) }], cost);
}

/** What a price is the price of, where that is not what it always is. */
export function covering(balancer: Placed | undefined): { readonly covers?: string } {
  return balancer ? { covers: 'Servers, IPv4 and the load balancer' } : {};
}

interface Priced {
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
}

/** What a cluster costs whose servers change and whose load balancer stays. */
export function costOfChange(
  { state: { servers, balancer }, catalogue }: Priced,
  after: readonly Placed[],
): ShownPlan['cost'] {
  return {
    now: costWith(catalogue, servers, balancer),
    after: costWith(catalogue, after, balancer),
    ...covering(balancer),
  };
}
