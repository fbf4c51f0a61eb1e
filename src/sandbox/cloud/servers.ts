import { z } from 'zod';
import { renderAction } from './actions.js';
import { protectedFromDeletion } from './api-error.js';
import { checkBody } from './body.js';
import { hostnameField } from './fields.js';
import { labelsField } from './labels.js';
import { list } from './listing.js';
import type { Project } from './project.js';
import { ok, type Answer, type Call, type Route } from './route.js';
import { serverActionRoutes } from './server-actions.js';
import { createServer } from './server-create.js';
import { renderServer } from './server-view.js';

const updateFields = z.strictObject({
  name: hostnameField.optional(),
  labels: labelsField.optional(),
});

export const serverRoutes: readonly Route[] = [
  ['GET', '/servers', listServers],
  ['POST', '/servers', createServer],
  [
    'GET',
    '/servers/{id}',
    (project, { id }) => ok({ server: renderServer(project, project.servers.get(id)) }),
  ],
  ['PUT', '/servers/{id}', update],
  ['DELETE', '/servers/{id}', remove],
  ...serverActionRoutes,
];

function listServers(project: Project, call: Call): Answer {
  return list(call, {
    key: 'servers',
    rows: project.servers.all(),
    render: (server) => renderServer(project, server),
    filters: { name: (server) => server.name, status: (server) => server.status },
    enums: {
      status:
        'running initializing starting stopping off deleting migrating rebuilding unknown'.split(
          ' ',
        ),
    },
    sorts: {
      id: (server) => server.id,
      name: (server) => server.name,
      created: (server) => server.created,
    },
    labels: (server) => server.labels,
  });
}

function update(project: Project, call: Call): Answer {
  const server = project.servers.get(call.id);
  const body = checkBody(updateFields, call.body);
  if (body.name !== undefined) {
    const message = 'server name is already used';
    project.assertNameFree(project.servers, body.name, { except: server.id, message });
    server.name = body.name;
  }
  server.labels = body.labels ?? server.labels;
  return ok({ server: renderServer(project, server) });
}

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
