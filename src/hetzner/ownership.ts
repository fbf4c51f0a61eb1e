import { OxideError, ExitCode } from '../lib/errors.js';

type Labels = Readonly<Record<string, string>>;

/** The labels that say whose a resource is. */
const ownerKeys = ['managed-by', 'cluster'];

/** True when `found` belongs to the same cluster of the same tool as what was to be created. */
export function sameOwner(wanted: Labels, found: Labels): boolean {
  return ownerKeys.every((key) => wanted[key] !== undefined && wanted[key] === found[key]);
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
