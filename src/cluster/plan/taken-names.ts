import { tool } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import type { ClusterState } from '../state/cluster-state.js';
import { clusterLabels, labelKeys } from '../state/labels.js';
import { relabelCommand } from '../state/server-labels.js';
import type { WantedServer } from './planned-servers.js';

/** A name under which a server is to be made, and that another server has. */
export interface TakenName {
  /** `the name demo-web-2 is taken by …` */
  readonly message: string;
  /** What to do about it, as a command. */
  readonly remedy: string;
}

/**
 * Servers that are missing by their labels, and whose names are there: somebody changed the labels
 * of one, or gave it the name of another.
 */
export function takenNames(
  cluster: string,
  missing: readonly WantedServer[],
  { servers, foreign }: Pick<ClusterState, 'servers' | 'foreign'>,
): readonly TakenName[] {
  const strangers = foreign.filter(({ kind }) => kind === 'server');
  return missing.flatMap((wanted): TakenName[] => {
    const { name, role, pool, index } = wanted;
    const labels = { role, pool, index: String(index) };
    const own = servers.find((server) => server.name === name);
    if (own) {
      const is = [labelKeys.role, labelKeys.pool, labelKeys.index].map(
        (key) => `${key}=${own.labels[key] ?? ''}`,
      );
      const message = `the name ${name} is taken by a server of the cluster (id ${own.id}) that is another node by its labels: ${is.join(', ')}`;
      return [{ message, remedy: remedyFor(own.id, labels) }];
    }
    const stranger = strangers.find((server) => server.name === name);
    if (!stranger) return [];
    const message = `the name ${name} is taken by a server (id ${stranger.id}) that has not the cluster's labels`;
    return [{ message, remedy: remedyFor(stranger.id, { ...clusterLabels(cluster), ...labels }) }];
  });
}

function remedyFor(id: number, labels: Readonly<Record<string, string>>): string {
  return `${relabelCommand(id, labels)}, if it is that node; or ${tool`hcloud server update ${id} --name ANOTHER-NAME`}`;
}

/** Refuses to order a server under a name that was just listed (exit 3). */
export function refuseTakenNames(
  cluster: string,
  missing: readonly WantedServer[],
  state: Pick<ClusterState, 'servers' | 'foreign'>,
): void {
  const taken = takenNames(cluster, missing, state);
  if (taken.length === 0) return;
  throw new PreconditionError(
    taken.map(({ message }) => message).join('\n'),
    [
      'Nothing was changed. Set its labels right:',
      ...taken.map(({ remedy }) => `  ${remedy}`),
    ].join('\n'),
  );
}
