import { enumerate } from '../../../lib/format.js';
import type { ServerState } from '../../state/cluster-state.js';
import { kindNames, resourceName, type OwnedResource } from '../../state/owned-resources.js';
import type { KeptEntry } from '../plan.js';
import type { ScaleInput } from './scale-input.js';

/** What hangs on the servers that go. */
export interface Leftovers {
  /** It is detached and stays, with its price. */
  readonly stays: readonly OwnedResource[];
  /** Kubernetes' storage driver attaches it to the node that its pod moves to. */
  readonly moves: readonly OwnedResource[];
}

/** Sorts what hangs on the servers that go by what becomes of it. */
export function leftoversOf(
  { attached, view }: Pick<ScaleInput, 'attached' | 'view'>,
  remove: readonly ServerState[],
): Leftovers {
  const hanging = attached.filter(({ usedBy }) =>
    usedBy.some((user) => remove.some(({ id }) => id === user.id)),
  );
  const isDriven = ({ kind, id }: OwnedResource): boolean =>
    kind === 'volume' && view.csiVolumeIds.includes(id);
  return { stays: hanging.filter((one) => !isDriven(one)), moves: hanging.filter(isDriven) };
}

/** What stays, as the plan shows it. */
export function toStayingEntry(resource: OwnedResource): KeptEntry {
  const { kind, usedBy } = resource;
  const servers = enumerate(usedBy.map(({ name }) => name));
  const verb = kind === 'volume' ? 'detached' : 'unassigned';
  return { ...entry(resource), why: `hangs on ${servers}: will be ${verb} and stays` };
}

/** What was left, as the end of the run shows it, with the command that deletes it. */
export function toLeftEntry(resource: OwnedResource): KeptEntry {
  const { kind, id } = resource;
  return { ...entry(resource), why: `is left; hcloud ${kind} delete ${id}, when nobody needs it` };
}

function entry({ kind, id, name, detail, monthly }: OwnedResource): Omit<KeptEntry, 'why'> {
  return { kind, name, detail: `${detail}, id ${id}`, monthly };
}

/** `volume pvc-1 (id 9) moves with its pods`, for the plan. */
export function movesNote(moves: readonly OwnedResource[]): readonly string[] {
  if (moves.length === 0) return [];
  const verb = moves.length === 1 ? 'moves' : 'move';
  return [
    `${enumerate(moves.map(resourceName))} ${verb} with the pods: the storage driver attaches ${kindNames.volume}s where these are.`,
  ];
}
