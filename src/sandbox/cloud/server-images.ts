import { z } from 'zod';
import type { Effect } from './action-records.js';
import { ApiError } from './api-error.js';
import { checkBody } from './body.js';
import { renderImage } from './image-view.js';
import { labelsField } from './labels.js';
import { serverTypeNamed } from './market.js';
import type { Project } from './project.js';
import type { DiskContent, ServerRecord } from './records.js';
import { created, type Answer, type Call } from './route.js';
import { begin, unlocked } from './server-action.js';
import { removeBackups } from './server-changes.js';
import { diskOf } from './server-rebuild.js';

/** A snapshot of the server's disk, or a backup where those are switched on. */
export function createImage(project: Project, call: Call): Answer {
  const fields = z.strictObject({
    description: z.string().optional(),
    type: z.enum(['snapshot', 'backup']).default('snapshot'),
    labels: labelsField.default({}),
  });
  const body = checkBody(fields.prefault({}), call.body);
  const server = unlocked(project, call);
  if (body.type === 'backup' && server.backupWindow === undefined) {
    throw new ApiError(422, 'unsupported_error', 'backups are not enabled for the server');
  }
  if (body.type === 'snapshot') assertRoom(project);
  const image = project.images.add({
    id: project.newId(),
    type: body.type,
    ...(body.type === 'backup' ? { boundTo: server.id } : {}),
    status: 'creating',
    name: null,
    description: body.description ?? server.name,
    created: project.now,
    createdFrom: { id: server.id, name: server.name },
    labels: body.labels,
    architecture: serverTypeNamed(server.serverType).architecture,
    diskSize: diskOf(server),
    imageSize: null,
    osFlavor: project.images.find(server.imageId)?.osFlavor ?? 'debian',
    osVersion: null,
    protection: false,
    content: server.disk,
    ...(project.takeSnapshotStall() ? { stalled: true } : {}),
  });
  const action = begin(project, server, {
    command: 'create_image',
    duration: 'createImage',
    effect: { kind: 'image-created', image: image.id, sizeGb: sizeOf(server.disk) },
    also: { id: image.id, type: 'image' },
  });
  return created({ image: renderImage(image), action });
}

function assertRoom({ images, limits }: Project): void {
  const present = images.all().filter(({ type }) => type === 'snapshot').length;
  limits.assertRoom('snapshot_limit', present + 1);
}

/** GB that an image takes: of an ordinary system, of Talos, or of what little was written. */
function sizeOf(disk: DiskContent): number {
  if (disk === null) return 1.5;
  return 'talosVersion' in disk ? 0.3 : 0.01;
}

/** The daily backups themselves are not made. */
export function enableBackup(_project: Project, server: ServerRecord): Effect | undefined {
  server.backupWindow = '22-02';
  return undefined;
}

export function disableBackup(project: Project, server: ServerRecord): Effect | undefined {
  delete server.backupWindow;
  removeBackups(project, server.id);
  return undefined;
}
