import type { OwnedResource } from '../../cluster/state/owned-resources.js';
import { leftLabels } from '../../cluster/state/labels.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import { ownedFloatingIp, ownedPrimaryIp, ownedVolume } from './to-owned-resource.js';

type Servers = readonly { readonly id: number; readonly name: string }[];

/**
 * What hangs on these servers and stays when they are deleted, with the price that it then has. The
 * addresses that Hetzner deletes with their server are not among it.
 */
export async function observeAttachments(
  { hetzner }: Pick<FlowContext, 'hetzner'>,
  servers: Servers,
): Promise<readonly OwnedResource[]> {
  const [volumes, primaryIps, floatingIps, pricing] = await inParallel(
    hetzner.volumes(),
    hetzner.primaryIps(),
    hetzner.floatingIps(),
    hetzner.pricing(),
  );
  const lists = { servers: [], loadBalancers: [], pricing };
  const on = (id: number | null, resource: OwnedResource): readonly OwnedResource[] => {
    const server = servers.find((one) => one.id === id);
    if (!server) return [];
    return [{ ...resource, usedBy: [{ kind: 'server', id: server.id, name: server.name }] }];
  };
  const loose = { owner: 'other', server: null, assignee_id: null } as const;
  return [
    ...volumes.flatMap((one) => on(one.server, ownedVolume({ ...one, ...loose }, lists))),
    ...primaryIps
      .filter(({ auto_delete }) => !auto_delete)
      .flatMap((one) => on(one.assignee_id, ownedPrimaryIp({ ...one, ...loose }, lists))),
    ...floatingIps.flatMap((one) => on(one.server, ownedFloatingIp({ ...one, ...loose }, lists))),
  ];
}

const collections = {
  volume: 'volumes',
  'primary-ip': 'primary_ips',
  'floating-ip': 'floating_ips',
} as const;

/** Writes on these whose servers' removal leaves them, so that a later status can still name them. */
export async function markAsLeft(
  { hetzner, config }: Pick<FlowContext, 'hetzner' | 'config'>,
  left: readonly OwnedResource[],
): Promise<void> {
  const labels = leftLabels(config.cluster_name);
  await inParallel(
    ...left.map(async ({ kind, id }) => {
      if (kind === 'volume' || kind === 'primary-ip' || kind === 'floating-ip') {
        await hetzner.addLabels(collections[kind], id, labels);
      }
    }),
  );
}

/** Those of them that are still there and hang on nothing but what was removed. */
export async function stillLeft(
  { hetzner }: Pick<FlowContext, 'hetzner'>,
  expected: readonly OwnedResource[],
): Promise<readonly OwnedResource[]> {
  if (expected.length === 0) return [];
  const [volumes, primaryIps, floatingIps] = await inParallel(
    hetzner.volumes(),
    hetzner.primaryIps(),
    hetzner.floatingIps(),
  );
  const now = [
    ...volumes.map(({ id, server }) => ({ kind: 'volume', id, server })),
    ...primaryIps.map(({ id, assignee_id: server }) => ({ kind: 'primary-ip', id, server })),
    ...floatingIps.map(({ id, server }) => ({ kind: 'floating-ip', id, server })),
  ];
  return expected.filter((one) => {
    const found = now.find(({ kind, id }) => kind === one.kind && id === one.id);
    // A deleted server may still be named for a moment.
    return found && (found.server === null || one.usedBy.some(({ id }) => id === found.server));
  });
}
