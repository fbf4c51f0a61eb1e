import { z } from 'zod';
import { ApiError, invalidField, protectedFromDeletion, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField, idOrNameField, nameField } from './fields.js';
import { labelsField } from './labels.js';
import { list } from './listing.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import { createPrimaryIp, reverseName } from './public-addresses.js';
import type { PrimaryIpRecord } from './records.js';
import { renderAction } from './actions.js';
import { created, deleted, ok, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  name: nameField(255),
  type: z.enum(['ipv4', 'ipv6']),
  location: idOrNameField.optional(),
  assignee_type: z.literal('server').optional(),
  assignee_id: idField.nullish(),
  auto_delete: z.boolean().default(false),
  labels: labelsField.default({}),
});

const updateFields = z.strictObject({
  name: nameField(255).optional(),
  labels: labelsField.optional(),
  auto_delete: z.boolean().optional(),
});

export const primaryIpRoutes: readonly Route[] = [
  ['GET', '/primary_ips', listPrimaryIps],
  ['POST', '/primary_ips', create],
  [
    'GET',
    '/primary_ips/{id}',
    (project, { id }) => ok({ primary_ip: renderPrimaryIp(project.primaryIps.get(id)) }),
  ],
  ['PUT', '/primary_ips/{id}', update],
  ['DELETE', '/primary_ips/{id}', remove],
  ['POST', '/primary_ips/{id}/actions/change_protection', changeProtection],
];

function renderPrimaryIp(ip: PrimaryIpRecord): object {
  return {
    id: ip.id,
    name: ip.name,
    labels: ip.labels,
    created: timestamp(ip.created),
    blocked: false,
    location: locationNamed(ip.location),
    ip: ip.type === 'ipv4' ? ip.address : `${ip.address}/64`,
    dns_ptr: ip.type === 'ipv4' ? [{ ip: ip.address, dns_ptr: reverseName(ip.address) }] : [],
    protection: { delete: ip.protection },
    type: ip.type,
    auto_delete: ip.autoDelete,
    assignee_type: ip.server === null ? 'unassigned' : 'server',
    assignee_id: ip.server,
  };
}

function listPrimaryIps(project: Project, call: Call): Answer {
  return list(call, {
    key: 'primary_ips',
    rows: project.primaryIps.all(),
    render: renderPrimaryIp,
    filters: {
      name: (ip) => ip.name,
      ip: (ip) => (ip.type === 'ipv4' ? ip.address : `${ip.address}/64`),
    },
    sorts: { id: (ip) => ip.id, created: (ip) => ip.created },
    labels: (ip) => ip.labels,
  });
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.primaryIps, body.name);
  project.limits.assertRoom('primary_ip_limit', project.primaryIps.all().length + 1);
  const assignee = body.assignee_id ?? undefined;
  if ((body.location === undefined) === (assignee === undefined)) {
    throw invalidField('location', 'exactly one of location and assignee_id must be given');
  }
  if (assignee !== undefined) assertAssignable(project, assignee, body.type);
  const location =
    body.location === undefined
      ? project.servers.get(assignee ?? 0).location
      : locationNamed(body.location).name;
  const ip = createPrimaryIp(project, {
    type: body.type,
    location,
    server: assignee ?? null,
    autoDelete: body.auto_delete,
    name: body.name,
    labels: body.labels,
  });
  if (assignee !== undefined) project.servers.get(assignee)[body.type] = ip.id;
  return created({ primary_ip: renderPrimaryIp(ip), action: null });
}

function assertAssignable(project: Project, serverId: number, type: 'ipv4' | 'ipv6'): void {
  const server = project.servers.get(serverId);
  if (server.status !== 'off') throw refused('server_not_stopped', 'server must be powered off');
  if (server[type] !== null) throw refused(`server_has_${type}`, `server already has an ${type}`);
}

function update(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  const body = checkBody(updateFields, call.body);
  if (body.name !== undefined) {
    project.assertNameFree(project.primaryIps, body.name, { except: ip.id });
    ip.name = body.name;
  }
  ip.labels = body.labels ?? ip.labels;
  ip.autoDelete = body.auto_delete ?? ip.autoDelete;
  return ok({ primary_ip: renderPrimaryIp(ip) });
}

function remove(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  if (ip.protection) throw protectedFromDeletion('primary IP');
  if (ip.server !== null) {
    throw refused('must_be_unassigned', 'primary IP must be unassigned before it is deleted');
  }
  project.primaryIps.remove(ip.id);
  return deleted;
}

function changeProtection(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  const body = checkBody(z.strictObject({ delete: z.boolean() }), call.body);
  if (ip.autoDelete) {
    throw new ApiError(422, 'unsupported_error', 'primary IP is deleted with its server');
  }
  ip.protection = body.delete;
  const action = project.start({
    command: 'change_protection',
    resources: [{ id: ip.id, type: 'primary_ip' }],
    duration: 'otherAction',
  });
  return created({ action: renderAction(action) });
}
