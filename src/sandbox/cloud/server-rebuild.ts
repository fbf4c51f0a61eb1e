import { z } from 'zod';
import { ApiError, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idOrNameField, userDataField } from './fields.js';
import { imageFor } from './images.js';
import { locationNamed, serverTypeNamed } from './market.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';
import { created, type Answer, type Call } from './route.js';
import { begin, unlocked } from './server-action.js';

/** GB that the server's disk has now. */
export function diskOf(server: ServerRecord): number {
  return server.diskGb ?? serverTypeNamed(server.serverType).disk;
}

/** Writes an image over the disk; the machine is off meanwhile and runs afterwards. */
export function rebuild(project: Project, call: Call): Answer {
  const fields = z.strictObject({ image: idOrNameField, user_data: userDataField.optional() });
  const body = checkBody(fields, call.body);
  const server = unlocked(project, call);
  if (server.protection) throw new ApiError(423, 'protected', 'server is rebuild protected');
  const type = { ...serverTypeNamed(server.serverType), disk: diskOf(server) };
  const image = imageFor(project, body.image, type);
  rest(server, 'rebuilding');
  const action = begin(project, server, {
    command: 'rebuild_server',
    duration: 'rebuildServer',
    effect: {
      kind: 'server-rebuilt',
      server: server.id,
      image: image.id,
      userData: body.user_data ?? server.userData,
    },
    also: { id: image.id, type: 'image' },
  });
  return created({ root_password: null, action });
}

/** Moves the server to another type and starts it again, as the official description says. */
export function changeType(project: Project, call: Call): Answer {
  const fields = z.strictObject({ server_type: idOrNameField, upgrade_disk: z.boolean() });
  const body = checkBody(fields, call.body);
  const server = unlocked(project, call);
  const type = serverTypeNamed(body.server_type);
  if (server.status !== 'off') throw refused('server_not_stopped', 'server must be powered off');
  const present = serverTypeNamed(server.serverType);
  const isSmaller = type.disk < diskOf(server);
  if (type === present || type.architecture !== present.architecture || isSmaller) {
    throw refused('invalid_server_type', 'server type does not fit for the given server');
  }
  project.market.assertOrderable(type, locationNamed(server.location));
  rest(server, 'migrating');
  const action = begin(project, server, {
    command: 'change_server_type',
    duration: 'changeServerType',
    effect: {
      kind: 'server-type-changed',
      server: server.id,
      serverType: type.name,
      diskGb: body.upgrade_disk ? type.disk : diskOf(server),
    },
  });
  return created({ action });
}

function rest(server: ServerRecord, status: 'rebuilding' | 'migrating'): void {
  server.status = status;
  server.poweredOnAt = null;
  server.offAt = null;
}
