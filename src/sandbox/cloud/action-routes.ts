import { renderAction } from './actions.js';
import type { ActionRecord } from './action-records.js';
import { ApiError, invalidField, notFound } from './api-error.js';
import { list } from './listing.js';
import type { Project } from './project.js';
import type { ResourceType } from './records.js';
import { ok, type Answer, type Call, type Route } from './route.js';

/** The kinds of resources that have action routes of their own. */
const kinds = {
  servers: 'server',
  networks: 'network',
  firewalls: 'firewall',
  images: 'image',
  volumes: 'volume',
  load_balancers: 'load_balancer',
  primary_ips: 'primary_ip',
  floating_ips: 'floating_ip',
  certificates: 'certificate',
} as const satisfies Record<string, ResourceType>;

export const actionRoutes: readonly Route[] = [
  ['GET', '/actions', byIds],
  [
    'GET',
    '/actions/{id}',
    (project, { id }) => ok({ action: renderAction(project.actions.get(id)) }),
  ],
  ...Object.entries(kinds).flatMap(([plural, type]): Route[] => [
    ['GET', `/${plural}/actions`, (project, call) => listActions(call, ofType(project, type))],
    ['GET', `/${plural}/actions/{id}`, (project, { id }) => one(ofType(project, type), id)],
    [
      'GET',
      `/${plural}/{id}/actions`,
      (project, call) => listActions(call, ofResource(project, { id: call.id, type })),
    ],
    [
      'GET',
      `/${plural}/{id}/actions/{id}`,
      (project, { id, subId }) => one(ofResource(project, { id, type }), subId),
    ],
  ]),
];

/** Listing every action of a project ended on 2025-01-30: ids must be named. */
function byIds(project: Project, call: Call): Answer {
  const ids = call.query.getAll('id');
  if (ids.length === 0) {
    const announcement =
      'https://docs.hetzner.cloud/changelog#2023-07-20-actions-list-endpoint-is-deprecated';
    throw new ApiError(
      410,
      'deprecated_api_endpoint',
      'listing all actions is no longer possible',
      {
        announcement,
      },
    );
  }
  if (ids.some((id) => !/^\d+$/.test(id))) throw invalidField('id', 'must be an integer');
  return listActions(call, project.actions.all());
}

function listActions(call: Call, rows: readonly ActionRecord[]): Answer {
  return list(call, {
    key: 'actions',
    rows,
    render: renderAction,
    filters: { id: (action) => action.id, status: (action) => action.status },
    enums: { status: ['running', 'success', 'error'] },
    sorts: {
      id: (action) => action.id,
      command: (action) => action.command,
      status: (action) => action.status,
      started: (action) => action.started,
      finished: (action) => action.finished ?? Infinity,
    },
  });
}

function ofType(project: Project, type: ResourceType): ActionRecord[] {
  return project.actions
    .all()
    .filter((action) => action.resources.some((ref) => ref.type === type));
}

/** The history of a resource can be read even after the resource is gone. */
function ofResource(project: Project, wanted: { id: number; type: ResourceType }): ActionRecord[] {
  return ofType(project, wanted.type).filter((action) =>
    action.resources.some((ref) => ref.type === wanted.type && ref.id === wanted.id),
  );
}

function one(actions: readonly ActionRecord[], id: number): Answer {
  const action = actions.find((candidate) => candidate.id === id);
  if (!action) throw notFound('action', id);
  return ok({ action: renderAction(action) });
}
