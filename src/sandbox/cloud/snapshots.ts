import type { Project } from './project.js';
import type { Architecture } from './records.js';

export interface SnapshotOrder {
  /** The id that it must have; any when omitted. */
  readonly id?: number;
  /** With the leading `v`. */
  readonly talosVersion: string;
  readonly architecture: Architecture;
  /** The id of what it has beyond Talos. */
  readonly schematic?: string;
  /** GB; the smallest disk that is sold unless given. */
  readonly diskSize?: number;
}

/** Puts a Talos snapshot into the project, unless it is there already. Returns its id. */
export function ensureSnapshot(project: Project, order: SnapshotOrder): number {
  const { talosVersion, architecture, schematic, diskSize = 40 } = order;
  const made = schematic === undefined ? {} : { talos_schematic_id: schematic.slice(0, 32) };
  const present = project.images
    .all()
    .find(
      ({ id, content, labels }) =>
        labels['talos_schematic_id'] === made.talos_schematic_id &&
        (order.id === undefined || order.id === id) &&
        content !== null &&
        'talosVersion' in content &&
        content.talosVersion === talosVersion &&
        content.architecture === architecture,
    );
  if (present) return present.id;
  const id = order.id ?? project.newId();
  project.images.add({
    id,
    type: 'snapshot',
    status: 'available',
    name: null,
    description: `Talos ${talosVersion} ${architecture}`,
    created: project.now,
    createdFrom: { id: project.newId(), name: 'talos-image' },
    labels: { os: 'talos', talos_version: talosVersion, arch: architecture, ...made },
    architecture,
    diskSize,
    imageSize: 0.3,
    osFlavor: 'debian',
    osVersion: null,
    protection: false,
    content: { talosVersion, architecture, ...(schematic === undefined ? {} : { schematic }) },
  });
  return id;
}
