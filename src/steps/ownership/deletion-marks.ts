import type { OwnedResource } from '../../cluster/state/owned-resources.js';
import { goingLabels } from '../../cluster/state/labels.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';

const collections = { volume: 'volumes', 'load-balancer': 'load_balancers' } as const;

/** What a destroy deletes that only the running cluster knows as its own. */
export function onlyKnownByCluster(going: readonly OwnedResource[]): readonly OwnedResource[] {
  return going.filter(({ kind, owner }) => owner === 'controller' && kind in collections);
}

/**
 * Writes on these that they go, so that a destroy that is run again finds them although the servers
 * and Kubernetes, by which they were known, are gone.
 */
export async function markAsGoing(
  { hetzner, config }: FlowContext,
  going: readonly OwnedResource[],
): Promise<void> {
  const labels = goingLabels(config.cluster_name);
  await inParallel(
    ...going.map(async ({ kind, id }) => {
      if (kind === 'volume' || kind === 'load-balancer') {
        await hetzner.addLabels(collections[kind], id, labels);
      }
    }),
  );
}
