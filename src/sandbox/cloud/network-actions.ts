import { z } from 'zod';
import { contains, isPrivate, parseRange, storedRange, toNumber } from './address-math.js';
import { renderAction } from './actions.js';
import { invalidField, notFound, refused } from './api-error.js';
import { checkBody } from './body.js';
import type { NewAction, Project } from './project.js';
import type { NetworkRecord } from './records.js';
import { created, type Answer, type Call, type Handler, type Route } from './route.js';
import { addRoute, addSubnet, routeFields, subnetFields } from './subnets.js';

export const networkActionRoutes: readonly Route[] = [
  route('add_subnet', startAddSubnet),
  route('delete_subnet', deleteSubnet),
  route('add_route', (project, call) => {
    const network = unlocked(project, call);
    addRoute(network, checkBody(routeFields, call.body));
    return begin(project, network, { command: 'add_route', duration: 'otherAction' });
  }),
  route('delete_route', deleteRoute),
  route('change_ip_range', changeIpRange),
  route('change_protection', (project, call) => {
    const network = unlocked(project, call);
    network.protection = checkBody(z.strictObject({ delete: z.boolean() }), call.body).delete;
    return begin(project, network, { command: 'change_protection', duration: 'otherAction' });
  }),
];

function route(name: string, handler: Handler): Route {
  return ['POST', `/networks/{id}/actions/${name}`, handler];
}

/** The network of a call that changes it; 409 while another change runs. */
function unlocked(project: Project, call: Call): NetworkRecord {
  const network = project.networks.get(call.id);
  project.assertUnlocked({ id: network.id, type: 'network' });
  return network;
}

function begin(
  project: Project,
  network: NetworkRecord,
  action: Omit<NewAction, 'resources' | 'locks'>,
): Answer {
  const self = { id: network.id, type: 'network' } as const;
  return created({
    action: renderAction(project.start({ ...action, resources: [self], locks: self })),
  });
}

function startAddSubnet(project: Project, call: Call): Answer {
  const network = unlocked(project, call);
  const subnet = addSubnet(network, checkBody(subnetFields, call.body));
  return begin(project, network, {
    command: 'add_subnet',
    duration: 'addSubnet',
    effect: { kind: 'subnet-added', network: network.id, ipRange: subnet.ipRange },
  });
}

function deleteSubnet(project: Project, call: Call): Answer {
  const network = unlocked(project, call);
  const body = checkBody(z.strictObject({ ip_range: z.string() }), call.body);
  const subnet = network.subnets.find((candidate) => candidate.ipRange === body.ip_range);
  if (!subnet) throw notFound('subnet', body.ip_range);
  const { first, last } = storedRange(subnet.ipRange);
  const inside = (ip: string): boolean => first <= toNumber(ip) && toNumber(ip) <= last;
  const members = [
    ...project.servers.all().flatMap((server) => server.privateNets),
    ...project.loadBalancers.all().flatMap(({ privateNet }) => privateNet ?? []),
  ].filter((net) => net.network === network.id);
  if ([...members, ...network.releasing].some(({ ip }) => inside(ip))) {
    throw refused('service_error', 'cannot remove subnet because servers are attached to it');
  }
  network.subnets = network.subnets.filter((candidate) => candidate !== subnet);
  return begin(project, network, { command: 'delete_subnet', duration: 'otherAction' });
}

function deleteRoute(project: Project, call: Call): Answer {
  const network = unlocked(project, call);
  const body = checkBody(routeFields, call.body);
  const kept = network.routes.filter(
    ({ destination, gateway }) => destination !== body.destination || gateway !== body.gateway,
  );
  if (kept.length === network.routes.length) throw notFound('route', body.destination);
  network.routes = kept;
  return begin(project, network, { command: 'delete_route', duration: 'otherAction' });
}

/** A network can only grow, and keeps its base address. */
function changeIpRange(project: Project, call: Call): Answer {
  const network = unlocked(project, call);
  const body = checkBody(z.strictObject({ ip_range: z.string() }), call.body);
  const range = parseRange(body.ip_range);
  const present = storedRange(network.ipRange);
  if (!range || !isPrivate(range) || range.first !== present.first || !contains(range, present)) {
    throw invalidField('ip_range', 'must contain the present range and have the same base address');
  }
  network.ipRange = body.ip_range;
  return begin(project, network, { command: 'change_ip_range', duration: 'otherAction' });
}
