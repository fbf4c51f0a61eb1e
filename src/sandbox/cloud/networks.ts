import { z } from 'zod';
import { isPrivate, parseRange } from './address-math.js';
import type { ActionRecord } from './action-records.js';
import { invalidField, protectedFromDeletion, refused } from './api-error.js';
import { checkBody } from './body.js';
import { nameField } from './fields.js';
import { labelsField } from './labels.js';
import { networkActionRoutes } from './network-actions.js';
import { listMembers, renderNetwork } from './network-view.js';
import type { Project } from './project.js';
import type { NetworkRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { addRoute, addSubnet, routeFields, subnetFields } from './subnets.js';

const createFields = z.strictObject({
  name: nameField(128),
  ip_range: z.string(),
  labels: labelsField.default({}),
  subnets: z.array(subnetFields).max(50).default([]),
  routes: z.array(routeFields).max(100).default([]),
  expose_routes_to_vswitch: z.boolean().default(false),
});

const updateFields = z.strictObject({
  name: nameField(128).optional(),
  labels: labelsField.optional(),
  expose_routes_to_vswitch: z.boolean().optional(),
});

export const networkRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'networks',
    singular: 'network',
    table: (project) => project.networks,
    render: renderNetwork,
    changes: updateFields,
    change: (network, { expose_routes_to_vswitch: exposeRoutes }) => {
      network.exposeRoutes = exposeRoutes ?? network.exposeRoutes;
    },
  }),
  ['POST', '/networks', create],
  ['DELETE', '/networks/{id}', remove],
  ['GET', '/networks/{id}/members', listMembers],
  ...networkActionRoutes,
];

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.networks, body.name);
  project.limits.assertRoom('network_limit', project.networks.all().length + 1);
  const range = parseRange(body.ip_range);
  if (!range || !isPrivate(range) || range.prefix > 24) {
    throw invalidField('ip_range', 'must be a private range of RFC 1918 and at least a /24');
  }
  const network: NetworkRecord = {
    id: project.newId(),
    name: body.name,
    created: project.now,
    labels: body.labels,
    ipRange: body.ip_range,
    subnets: [],
    routes: [],
    protection: false,
    exposeRoutes: body.expose_routes_to_vswitch,
    releasing: [],
  };
  for (const subnet of body.subnets) addSubnet(network, subnet).usable = true;
  for (const route of body.routes) addRoute(network, route);
  project.networks.add(network);
  return created({ network: renderNetwork(project, network) });
}

/** A load balancer that is being deleted cannot be detached any more (assumed, with the code). */
function assertNobodyIsLeaving(project: Project, network: NetworkRecord): void {
  const isLeaving = ({ status, command, resources }: ActionRecord): boolean =>
    status === 'running' &&
    command === 'delete_load_balancer' &&
    resources.some(({ id }) => project.loadBalancers.find(id)?.privateNet?.network === network.id);
  if (project.actions.all().some(isLeaving)) {
    throw refused('resource_in_use', `network with ID ${network.id} is still in use`);
  }
}

/** Members are detached by the way. */
function remove(project: Project, call: Call): Answer {
  const network = project.networks.get(call.id);
  if (network.protection) throw protectedFromDeletion('network');
  project.assertUnlocked({ id: network.id, type: 'network' });
  assertNobodyIsLeaving(project, network);
  for (const server of project.servers.all()) {
    server.privateNets = server.privateNets.filter((net) => net.network !== network.id);
  }
  for (const balancer of project.loadBalancers.all()) {
    if (balancer.privateNet?.network === network.id) balancer.privateNet = null;
  }
  project.networks.remove(network.id);
  return deleted;
}
