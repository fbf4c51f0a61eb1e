import { z } from 'zod';
import { ApiError, invalidField, protectedFromDeletion, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField, idOrNameField, nameField, noBody } from './fields.js';
import { labelsField } from './labels.js';
import type { LoadBalancerTarget } from './load-balancer-records.js';
import { serversOf } from './load-balancer-rules.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import { assigneeOf, createPrimaryIp } from './public-addresses.js';
import type { PrimaryIpRecord, ServerRecord } from './records.js';
import { renderAction } from './actions.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { reverseNames } from './reverse-dns.js';
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
  ...resourceRoutes({
    plural: 'primary_ips',
    singular: 'primary_ip',
    table: (project) => project.primaryIps,
    render: (_project, ip) => renderPrimaryIp(ip),
    filters: { ip: addressOf },
    sorts: ['id', 'created'],
    changes: updateFields,
    change: (ip, { auto_delete: autoDelete }) => {
      ip.autoDelete = autoDelete ?? ip.autoDelete;
    },
  }),
  ['POST', '/primary_ips', create],
  ['DELETE', '/primary_ips/{id}', remove],
  ['POST', '/primary_ips/{id}/actions/assign', assign],
  ['POST', '/primary_ips/{id}/actions/unassign', unassign],
  ['POST', '/primary_ips/{id}/actions/change_protection', changeProtection],
];

function renderPrimaryIp(ip: PrimaryIpRecord): object {
  const assignee = assigneeOf(ip);
  return {
    id: ip.id,
    name: ip.name,
    labels: ip.labels,
    created: timestamp(ip.created),
    blocked: false,
    location: locationNamed(ip.location),
    ip: addressOf(ip),
    dns_ptr: reverseNames(ip),
    protection: { delete: ip.protection },
    type: ip.type,
    auto_delete: ip.autoDelete,
    assignee_type: assignee?.type ?? 'unassigned',
    assignee_id: assignee?.id ?? null,
  };
}

function addressOf({ type, address }: PrimaryIpRecord): string {
  return type === 'ipv4' ? address : `${address}/64`;
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.primaryIps, body.name);
  project.limits.assertRoom('primary_ip_limit', project.primaryIps.all().length + 1);
  const assignee = body.assignee_id ?? undefined;
  if ((body.location === undefined) === (assignee === undefined)) {
    throw invalidField('location', 'exactly one of location and assignee_id must be given');
  }
  if (assignee !== undefined) assertTakesIp(project, assignee, body.type);
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

function assertTakesIp(project: Project, serverId: number, type: 'ipv4' | 'ipv6'): void {
  const server = project.servers.get(serverId);
  assertOff(server);
  if (server[type] !== null) throw refused(`server_has_${type}`, `server already has an ${type}`);
}

function remove(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  if (ip.protection) throw protectedFromDeletion('primary IP');
  if (assigneeOf(ip)) {
    throw refused('must_be_unassigned', 'primary IP must be unassigned before it is deleted');
  }
  project.primaryIps.remove(ip.id);
  return deleted;
}

function assertOff({ status }: ServerRecord): void {
  if (status !== 'off') throw refused('server_not_stopped', 'server must be powered off');
}

function begin(project: Project, ip: PrimaryIpRecord, command: string): Answer {
  const self = { id: ip.id, type: 'primary_ip' } as const;
  const assignee = assigneeOf(ip);
  const resources = assignee ? [self, assignee] : [self];
  return created({
    action: renderAction(project.start({ command, resources, duration: 'otherAction' })),
  });
}

function assign(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  const fields = z.strictObject({ assignee_type: z.literal('server'), assignee_id: idField });
  const { assignee_id: id } = checkBody(fields, call.body);
  if (assigneeOf(ip)) {
    throw refused('primary_ip_already_assigned', 'primary IP is already assigned');
  }
  assertTakesIp(project, id, ip.type);
  const server = project.servers.get(id);
  if (server.location !== ip.location) {
    throw invalidField('assignee_id', 'server is in another location');
  }
  server[ip.type] = ip.id;
  ip.server = id;
  return begin(project, ip, 'assign_primary_ip');
}

function unassign(project: Project, call: Call): Answer {
  checkBody(noBody, call.body);
  const ip = project.primaryIps.get(call.id);
  const server = project.servers.find(ip.server);
  if (!server) {
    throw refused('primary_ip_not_assigned', 'primary IP is not assigned to a server');
  }
  assertOff(server);
  const isTarget = (target: LoadBalancerTarget): boolean =>
    !target.usePrivateIp && serversOf(project, target).includes(server);
  if (ip.type === 'ipv4' && project.loadBalancers.all().some((one) => one.targets.some(isTarget))) {
    throw refused('server_is_load_balancer_target', 'server is a load balancer target');
  }
  const answer = begin(project, ip, 'unassign_primary_ip');
  server[ip.type] = null;
  ip.server = null;
  return answer;
}

function changeProtection(project: Project, call: Call): Answer {
  const ip = project.primaryIps.get(call.id);
  const body = checkBody(z.strictObject({ delete: z.boolean() }), call.body);
  if (ip.autoDelete) {
    throw new ApiError(422, 'unsupported_error', 'primary IP is deleted with its server');
  }
  ip.protection = body.delete;
  return begin(project, ip, 'change_protection');
}
