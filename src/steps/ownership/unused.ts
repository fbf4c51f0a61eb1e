import { clusterSelector, leftSelector } from '../../cluster/state/labels.js';
import { inParallel } from '../../lib/parallel.js';
import { isWhole, observeWhole } from '../observe/observe.js';
import type { FlowContext } from '../run/context.js';
import { observeBuilds } from './build-parts.js';
import { observeOwnedResources, ownedAmong } from './owned-resources.js';

/**
 * What of the cluster, and of builds of images, may cost money without being used. While nothing is
 * missing of the cluster, few lists tell that: its load balancers are in its network, and primary IPs
 * go with their servers, but for those that a scale has marked. Otherwise all of the project is looked at.
 */
export async function observeUnused(
  ctx: FlowContext,
): Promise<Pick<Awaited<ReturnType<typeof observeOwnedResources>>, 'found' | 'builds'>> {
  const { hetzner, config } = ctx;
  if (!isWhole(config, await observeWhole(ctx))) return observeOwnedResources(ctx);
  const [servers, networks, firewalls, volumes, primaryIps, floatingIps, pricing] =
    await inParallel(
      hetzner.servers(),
      hetzner.networks(clusterSelector(config.cluster_name)),
      hetzner.firewalls(),
      hetzner.volumes(),
      hetzner.primaryIps(leftSelector(config.cluster_name)),
      hetzner.floatingIps(),
      hetzner.pricing(),
    );
  const balanced = networks.some(({ load_balancers: attached }) => attached.length > 0);
  const lists = {
    ...{ servers, networks, firewalls, volumes, primaryIps, floatingIps, pricing },
    loadBalancers: balanced ? await hetzner.loadBalancers() : [],
    // Neither costs anything.
    ...{ sshKeys: [], placementGroups: [] },
  };
  const [{ found }, builds] = await inParallel(ownedAmong(ctx, lists), observeBuilds(ctx, lists));
  return { found, builds };
}
