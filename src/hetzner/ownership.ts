import { OxideError, ExitCode } from '../lib/errors.js';
import type { Action } from './resources.js';

type Labels = Readonly<Record<string, string>>;

/** The labels that say whose a resource is: a cluster's, or that of the build of an image. */
const ownerKeys = ['managed-by', 'cluster'];
const builderKeys = ['managed-by', 'image-build'];

/** True when `found` belongs to the same cluster of the same tool as what was to be created. */
export function sameOwner(wanted: Labels, found: Labels): boolean {
  const keys = wanted['image-build'] === undefined ? ownerKeys : builderKeys;
  return keys.every((key) => wanted[key] !== undefined && wanted[key] === found[key]);
}

/** Tells by raw labels what belongs to the cluster; without its name, what belongs to any of oxide's. */
export function ownerOf(cluster: string | undefined): (labels: unknown) => boolean {
  return (labels) => {
    if (typeof labels !== 'object' || labels === null) return false;
    const values = new Map(Object.entries(labels));
    const isOxides = values.get('managed-by') === 'oxide';
    return isOxides && (cluster === undefined || values.get('cluster') === cluster);
  };
}

/** A thing that has the name or the key of what was to be created, but is somebody else's. */
export function foreignError(
  kind: string,
  found: { readonly id: number; readonly name: string },
): OxideError {
  return new OxideError(
    `a ${kind} named "${found.name}" exists (id ${found.id}) that is not this cluster's`,
    {
      hint: 'It lacks the labels of this cluster, so oxide leaves it alone. Rename or remove it, or choose another cluster_name.',
      exitCode: ExitCode.precondition,
    },
  );
}

/** A server of this cluster that Hetzner still deletes: its name is taken until that has ended. */
export class BeingDeletedError extends OxideError {
  override readonly name = 'BeingDeletedError';
  readonly server: number;
  /** What deletes it, as far as it is still under way. */
  readonly actions: readonly Action[];

  constructor(server: { readonly id: number; readonly name: string }, actions: readonly Action[]) {
    super(`a server named "${server.name}" (id ${server.id}) is still being deleted`, {
      hint: 'Its name is free in some seconds: run the same command again.',
    });
    this.server = server.id;
    this.actions = actions;
  }
}
