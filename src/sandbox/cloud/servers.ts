import { z } from 'zod';
import { renderAction } from './actions.js';
import { protectedFromDeletion } from './api-error.js';
import { hostnameField } from './fields.js';
import { labelsField } from './labels.js';
import type { Project } from './project.js';
import { resourceRoutes } from './resource-routes.js';
import { ok, type Answer, type Call, type Route } from './route.js';
import { serverActionRoutes } from './server-actions.js';
import { createServer } from './server-create.js';
import { renderServer } from './server-view.js';

const updateFields = z.strictObject({
  name: hostnameField.optional(),
  labels: labelsField.optional(),
});

const statuses =
  'running initializing starting stopping off deleting migrating rebuilding unknown'.split(' ');

export const serverRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'servers',
    singular: 'server',
    table: (project) => project.servers,
    render: renderServer,
    filters: { status: (server) => server.status },
    enums: { status: statuses },
    changes: updateFields,
    nameTaken: 'server name is already used',
  }),
  ['POST', '/servers', createServer],
  ['DELETE', '/servers/{id}', remove],
  ...serverActionRoutes,
];

/** The machine is gone at once; its name, addresses and firewalls are only when the action ends. */
function remove(project: Project, call: Call): Answer {
  const server = project.servers.get(call.id);
  if (server.protection) throw protectedFromDeletion('server');
  const self = { id: server.id, type: 'server' } as const;
  project.assertUnlocked(self);
  server.status = 'deleting';
  server.poweredOnAt = null;
  server.offAt = null;
  const action = project.start({
    command: 'delete_server',
    resources: [self],
    duration: 'deleteServer',
    effect: { kind: 'server-deleted', server: server.id },
    locks: self,
  });
  return ok({ action: renderAction(action) });
}
