import { renderAction } from './actions.js';
import type { NewAction, Project } from './project.js';
import type { ResourceRef, ServerRecord } from './records.js';
import type { Call, Handler, Route } from './route.js';

/** A route `POST /servers/{id}/actions/<name>`. */
export function route(name: string, handler: Handler): Route {
  return ['POST', `/servers/{id}/actions/${name}`, handler];
}

/** The server of a call that changes it; 423 while another action runs on it. */
export function unlocked(project: Project, call: Call): ServerRecord {
  const server = project.servers.get(call.id);
  project.assertUnlocked({ id: server.id, type: 'server' });
  return server;
}

/** Begins an action that locks the server. */
export function begin(
  project: Project,
  server: ServerRecord,
  action: Omit<NewAction, 'resources' | 'locks'> & { also?: ResourceRef },
): object {
  const self = { id: server.id, type: 'server' } as const;
  const { also, ...rest } = action;
  const resources = also ? [self, also] : [self];
  return renderAction(project.start({ ...rest, resources, locks: self }));
}
