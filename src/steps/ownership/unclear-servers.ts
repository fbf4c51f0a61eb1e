import { unreadableReason } from '../../cluster/state/server-labels.js';
import type { Network, Server } from '../../hetzner/resources.js';
import { isIn } from './to-owned-resource.js';

/** Servers whose labels were edited, or set by another tool: they are named, whatever becomes of them. */
export function unclearServers(
  own: readonly Server[],
  networks: readonly Network[],
  all: readonly Server[],
): readonly string[] {
  const within = networks.map(({ id }) => id);
  const strangers = all.filter(
    (one) => isIn(one, within) && !own.some(({ id }) => id === one.id) && one.status !== 'deleting',
  );
  return [
    ...own.flatMap(({ name, id, labels }) => {
      const why = unreadableReason(labels);
      return why === undefined
        ? []
        : `${name} (id ${id}) counts as the cluster's, although nobody can tell which node it is: ${why}`;
    }),
    ...strangers.map(
      ({ name, id }) =>
        `${name} (id ${id}) is in the cluster's network and has not its labels: it stays, and with it the network`,
    ),
  ];
}
