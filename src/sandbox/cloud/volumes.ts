import { z } from 'zod';
import { renderAction } from './actions.js';
import type { ActionRecord, Effect } from './action-records.js';
import { invalidField, protectedFromDeletion, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField, idOrNameField, nameField, noBody } from './fields.js';
import { labelsField } from './labels.js';
import { locationNamed } from './market.js';
import type { NewAction, Project } from './project.js';
import type { ServerRecord, VolumeRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  size: z.int().min(10).max(10_240),
  name: nameField(64),
  labels: labelsField.default({}),
  location: idOrNameField.optional(),
  server: idField.optional(),
  automount: z.boolean().optional(),
  format: z.enum(['xfs', 'ext4']).optional(),
});

const updateFields = z.strictObject({
  name: nameField(64).optional(),
  labels: labelsField.optional(),
});

/** Hetzner docs, "Volumes": how many one server may have. */
const mostPerServer = 16;

export const volumeRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'volumes',
    singular: 'volume',
    table: (project) => project.volumes,
    render: (_project, volume) => renderVolume(volume),
    filters: { status: (volume) => volume.status },
    enums: { status: ['available', 'creating'] },
    changes: updateFields,
  }),
  ['POST', '/volumes', create],
  ['DELETE', '/volumes/{id}', remove],
  ['POST', '/volumes/{id}/actions/attach', attach],
  ['POST', '/volumes/{id}/actions/detach', detach],
  ['POST', '/volumes/{id}/actions/resize', resize],
  ['POST', '/volumes/{id}/actions/change_protection', changeProtection],
];

function renderVolume(volume: VolumeRecord): object {
  return {
    id: volume.id,
    created: timestamp(volume.created),
    name: volume.name,
    server: volume.server,
    location: locationNamed(volume.location),
    size: volume.size,
    linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
    protection: { delete: volume.protection },
    labels: volume.labels,
    status: volume.status,
    format: volume.format,
  };
}

function begin(
  project: Project,
  volume: VolumeRecord,
  action: { command: string; duration: NewAction['duration']; server?: number; effect?: Effect },
): ActionRecord {
  const self = { id: volume.id, type: 'volume' } as const;
  const { server, ...rest } = action;
  const resources = server === undefined ? [self] : [self, { id: server, type: 'server' } as const];
  return project.start({ ...rest, resources, locks: self });
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.volumes, body.name);
  const server = body.server === undefined ? undefined : project.servers.get(body.server);
  if ((server === undefined) === (body.location === undefined)) {
    throw invalidField('location', 'exactly one of location and server must be given');
  }
  const volume = project.volumes.add({
    id: project.newId(),
    name: body.name,
    created: project.now,
    labels: body.labels,
    location: server?.location ?? locationNamed(body.location ?? '').name,
    size: body.size,
    status: 'creating',
    format: body.format ?? null,
    protection: false,
    server: server?.id ?? null,
  });
  const action = begin(project, volume, {
    command: 'create_volume',
    duration: 'createVolume',
    effect: { kind: 'volume-ready', volume: volume.id },
  });
  const next = server ? [attachAction(project, volume, { server, after: action })] : [];
  return created({
    volume: renderVolume(volume),
    action: renderAction(action),
    next_actions: next.map(renderAction),
  });
}

function attachAction(
  project: Project,
  volume: VolumeRecord,
  { server, after }: { server: ServerRecord; after?: ActionRecord },
): ActionRecord {
  const self = { id: volume.id, type: 'volume' } as const;
  return project.start({
    command: 'attach_volume',
    resources: [self, { id: server.id, type: 'server' }],
    duration: 'attachVolume',
    locks: self,
    ...(after ? { after } : {}),
  });
}

function unlocked(project: Project, call: Call): VolumeRecord {
  const volume = project.volumes.get(call.id);
  project.assertUnlocked({ id: volume.id, type: 'volume' });
  return volume;
}

function remove(project: Project, call: Call): Answer {
  const volume = project.volumes.get(call.id);
  if (volume.protection) throw protectedFromDeletion('volume');
  project.assertUnlocked({ id: volume.id, type: 'volume' });
  if (volume.server !== null) {
    throw refused(
      'volume_already_attached',
      `volume with ID ${volume.id} is still attached to a server`,
    );
  }
  project.volumes.remove(volume.id);
  return deleted;
}

function attach(project: Project, call: Call): Answer {
  const body = checkBody(
    z.strictObject({ server: idField, automount: z.boolean().optional() }),
    call.body,
  );
  const volume = unlocked(project, call);
  const server = project.servers.get(body.server);
  project.assertUnlocked({ id: server.id, type: 'server' });
  if (volume.server !== null)
    throw refused('volume_already_attached', 'volume is already attached');
  if (server.location !== volume.location) {
    throw invalidField('server', 'volume and server must be in the same location');
  }
  const attached = project.volumes.all().filter((other) => other.server === server.id).length;
  // The code is known from csi-driver, internal/volsrv/volume.go; the words are not.
  if (attached >= mostPerServer) {
    throw refused('limit_exceeded_error', 'max number of attachments per server reached');
  }
  volume.server = server.id;
  return created({ action: renderAction(attachAction(project, volume, { server })) });
}

function detach(project: Project, call: Call): Answer {
  checkBody(noBody, call.body);
  const volume = unlocked(project, call);
  if (volume.server === null) throw refused('volume_not_attached', 'volume is not attached');
  const action = begin(project, volume, {
    command: 'detach_volume',
    duration: 'attachVolume',
    server: volume.server,
  });
  volume.server = null;
  return created({ action: renderAction(action) });
}

function resize(project: Project, call: Call): Answer {
  const body = checkBody(z.strictObject({ size: z.int().max(10_240) }), call.body);
  const volume = unlocked(project, call);
  if (body.size <= volume.size) throw invalidField('size', 'a volume can only grow');
  volume.size = body.size;
  const action = begin(project, volume, { command: 'resize_volume', duration: 'otherAction' });
  return created({ action: renderAction(action) });
}

function changeProtection(project: Project, call: Call): Answer {
  const body = checkBody(z.strictObject({ delete: z.boolean() }), call.body);
  const volume = unlocked(project, call);
  volume.protection = body.delete;
  const action = begin(project, volume, { command: 'change_protection', duration: 'otherAction' });
  return created({ action: renderAction(action) });
}
