import type { CatalogueInput, MissingServers } from '../../catalogue/obstacles.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { existingOf, wantedServers } from '../planned-servers.js';
import { poolsOf } from '../../state/node-pools.js';
import { validateOrders, type ServerImages } from '../../catalogue/order-checks.js';
import { wayToFinish } from '../unfinished-removal.js';
import { differenceText, type Difference } from '../difference.js';
import type { PlannedNetwork } from '../plan.js';
import { removalStage } from '../../state/labels.js';
import type { ForeignResource, NetworkState, ServerState } from '../../state/cluster-state.js';

/** Resources that bear the cluster's names without its labels belong to somebody else. */
export function refuseForeign(cluster: string, foreign: readonly ForeignResource[]): void {
  if (foreign.length === 0) return;
  const list = foreign.map(({ kind, name, id }) => `  ${kind} ${name} (id ${id})`).join('\n');
  throw new PreconditionError(
    `these resources have names that the cluster "${cluster}" needs, but not its labels:\n${list}`,
    'They are not touched. Choose another cluster_name, or remove them yourself.',
  );
}

/** A server that was reset boots nothing any more: its removal is to be finished first. */
export function refuseHalfRemoved(servers: readonly ServerState[]): void {
  const [server] = servers.filter(({ labels }) => removalStage(labels) === 'reset');
  if (!server) return;
  throw new PreconditionError(
    `the removal of ${server.name} was begun and not finished`,
    `Finish it: ${wayToFinish(server, servers)}`,
  );
}

/** What a cluster keeps for its whole life cannot become what cluster.yaml says. */
export function refuseImpossible(differences: readonly Difference[]): void {
  const impossible = differences.filter(({ by }) => by === 'never');
  if (impossible.length === 0) return;
  const list = impossible.map((one) => `  ${differenceText(one)}`).join('\n');
  throw new UsageError(
    `cluster.yaml asks for what the running cluster cannot become:\n${list}`,
    `${[...new Set(impossible.map(({ way }) => way))].join('\n')}\nSet the keys back to what exists.`,
  );
}

/** A network that exists must be the configured one: its range and zone cannot be changed. */
export function checkNetwork(wanted: PlannedNetwork, existing: NetworkState | undefined): void {
  if (!existing) return;
  if (existing.cidr !== wanted.cidr) {
    throw misfit(existing, `is ${existing.cidr}, cluster.yaml says ${wanted.cidr}`);
  }
  const subnet = existing.subnets.find(({ cidr }) => cidr === wanted.subnetCidr);
  if (subnet && subnet.zone !== wanted.zone) {
    throw misfit(
      existing,
      `has its subnet ${subnet.cidr} in the zone ${subnet.zone}, the location of cluster.yaml is in ${wanted.zone}`,
    );
  }
}

function misfit(network: NetworkState, reason: string): UsageError {
  return new UsageError(
    `the network ${network.name} (id ${network.id}) ${reason}`,
    'A network with nodes cannot be moved. Set hcloud.network and hcloud.location to what exists.',
  );
}

/**
 * Checks what is still to be made against what Hetzner offers now, and chooses the snapshots.
 * Returns what all types that may be used are made of. Throws one error with all problems.
 */
export function validateCatalogue(input: CatalogueInput): ServerImages {
  return validateOrders(input, missingServers(input));
}

function missingServers({ config, state }: CatalogueInput): readonly MissingServers[] {
  return poolsOf(config).flatMap((rolePool) => {
    const { length: count } = wantedServers(config, rolePool, state).filter(
      (wanted) => !existingOf(state, wanted),
    );
    return count === 0 ? [] : [{ ...rolePool, count }];
  });
}
