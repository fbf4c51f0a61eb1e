import { z } from 'zod';
import { renderAction } from './actions.js';
import { ApiError, invalidField, refused } from './api-error.js';
import type { ActionRecord } from './action-records.js';
import { checkBody } from './body.js';
import { idField, idOrNameField, nameField, noBody } from './fields.js';
import { labelsField } from './labels.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import { nextIpv4, nextIpv6 } from './public-addresses.js';
import type { FloatingIpRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { reverseNames } from './reverse-dns.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  type: z.enum(['ipv4', 'ipv6']),
  server: idField.nullish(),
  home_location: idOrNameField.optional(),
  description: z.string().optional(),
  name: nameField(255).optional(),
  labels: labelsField.default({}),
});

const updateFields = z.strictObject({
  name: nameField(255).optional(),
  description: z.string().optional(),
  labels: labelsField.optional(),
});

export const floatingIpRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'floating_ips',
    singular: 'floating_ip',
    table: (project) => project.floatingIps,
    render: (_project, ip) => renderFloatingIp(ip),
    sorts: ['id', 'created'],
    changes: updateFields,
    change: (ip, { description }) => {
      ip.description = description ?? ip.description;
    },
  }),
  ['POST', '/floating_ips', create],
  ['DELETE', '/floating_ips/{id}', remove],
  ['POST', '/floating_ips/{id}/actions/assign', assign],
  ['POST', '/floating_ips/{id}/actions/unassign', unassign],
  ['POST', '/floating_ips/{id}/actions/change_protection', changeProtection],
];

function renderFloatingIp(ip: FloatingIpRecord): object {
  return {
    id: ip.id,
    name: ip.name,
    description: ip.description,
    created: timestamp(ip.created),
    ip: ip.type === 'ipv4' ? ip.address : `${ip.address}/64`,
    type: ip.type,
    server: ip.server,
    dns_ptr: reverseNames(ip),
    home_location: locationNamed(ip.location),
    blocked: false,
    protection: { delete: ip.protection },
    labels: ip.labels,
  };
}

function begin(project: Project, ip: FloatingIpRecord, command: string): ActionRecord {
  const self = { id: ip.id, type: 'floating_ip' } as const;
  const server = ip.server === null ? [] : [{ id: ip.server, type: 'server' } as const];
  return project.start({ command, resources: [self, ...server], duration: 'otherAction' });
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  const id = project.newId();
  const name = body.name ?? `floating_ip-${id}`;
  project.assertNameFree(project.floatingIps, name);
  const wanted = body.server ?? undefined;
  const server = wanted === undefined ? undefined : project.servers.get(wanted);
  if ((server === undefined) === (body.home_location === undefined)) {
    throw invalidField('home_location', 'exactly one of home_location and server must be given');
  }
  const ip = project.floatingIps.add({
    ...{ id, name, created: project.now, labels: body.labels, type: body.type },
    description: body.description ?? null,
    address: body.type === 'ipv4' ? nextIpv4(project) : nextIpv6(project),
    location: server?.location ?? locationNamed(body.home_location ?? '').name,
    protection: false,
    server: server?.id ?? null,
  });
  const action = server ? renderAction(begin(project, ip, 'assign_floating_ip')) : null;
  return created({ floating_ip: renderFloatingIp(ip), action });
}

function remove(project: Project, call: Call): Answer {
  const ip = project.floatingIps.get(call.id);
  if (ip.protection) throw new ApiError(423, 'protected', 'Floating IP deletion is protected');
  if (ip.server !== null) {
    throw refused('must_be_unassigned', 'floating IP must be unassigned before it is deleted');
  }
  project.floatingIps.remove(ip.id);
  return deleted;
}

function assign(project: Project, call: Call): Answer {
  const ip = project.floatingIps.get(call.id);
  const { server } = checkBody(z.strictObject({ server: idField }), call.body);
  ip.server = project.servers.get(server).id;
  return created({ action: renderAction(begin(project, ip, 'assign_floating_ip')) });
}

function unassign(project: Project, call: Call): Answer {
  checkBody(noBody, call.body);
  const ip = project.floatingIps.get(call.id);
  const action = begin(project, ip, 'unassign_floating_ip');
  ip.server = null;
  return created({ action: renderAction(action) });
}

function changeProtection(project: Project, call: Call): Answer {
  const ip = project.floatingIps.get(call.id);
  const body = checkBody(z.strictObject({ delete: z.boolean() }), call.body);
  ip.protection = body.delete;
  return created({ action: renderAction(begin(project, ip, 'change_protection')) });
}
