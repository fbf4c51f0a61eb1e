import { clusterSelector } from '../../cluster/state/labels.js';
import type { ActionWaiter } from '../../hetzner/actions.js';
import type { Action, Server } from '../../hetzner/resources.js';
import { gathered } from '../../lib/gathered.js';
import type { FlowContext } from '../run/context.js';

/** The first look, ms after the first order: Hetzner needs about seven seconds to delete a server. */
const firstLookMs = 8_000;
const nextLookMs = 2_000;
/** Who is there after so many looks is asked for by its action, which says why. */
const looks = 4;

export interface Departures extends ActionWaiter {
  /** The cluster's servers when all that were deleted had gone; undefined: nobody has looked since. */
  left(): readonly Server[] | undefined;
}

/**
 * Waits for actions, and for deletions of the cluster's servers by the list that they leave: one look
 * serves all of them, where a hundred actions are four requests each time.
 */
export function byAbsence(ctx: FlowContext): Departures {
  const { hetzner, clock, signal, config, actions } = ctx;
  let seen: readonly Server[] | undefined;
  let outlived = false;
  const isThere = gathered(
    async () => {
      await clock.sleep(seen ? nextLookMs : firstLookMs, signal);
    },
    async () => {
      const servers = await hetzner.servers(clusterSelector(config.cluster_name));
      seen = servers;
      return (id: number) => Promise.resolve(servers.some((one) => one.id === id));
    },
  );
  return {
    left: () => (outlived ? undefined : seen),
    wait: async (begun, what, onWaiting) => {
      const id = deletedBy(begun);
      for (let look = 0; id !== undefined && look < looks; look++) {
        if (!(await isThere(id))) return;
        onWaiting?.(`${what}: is being deleted`);
      }
      outlived ||= id !== undefined;
      await actions.wait(begun, what, onWaiting);
    },
  };
}

/** The server whose deletion this is, and nothing else. */
function deletedBy([action, ...others]: readonly Action[]): number | undefined {
  if (action?.command !== 'delete_server' || action.status !== 'running' || others.length > 0) {
    return undefined;
  }
  return action.resources.find(({ type }) => type === 'server')?.id;
}
