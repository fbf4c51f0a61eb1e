import { z } from 'zod';
import { renderAction } from './actions.js';
import type { Effect } from './action-records.js';
import { invalidField, notFound, protectedFromDeletion } from './api-error.js';
import { checkBody } from './body.js';
import { loadBalancerTypes } from './catalogue.js';
import { locations } from './locations.js';
import { nameField } from './fields.js';
import { labelsField } from './labels.js';
import { loadBalancerActionRoutes } from './load-balancer-actions.js';
import { createFields, targetOf, type LoadBalancerOrder } from './load-balancer-fields.js';
import type { LoadBalancerRecord } from './load-balancer-records.js';
import { assertTarget } from './load-balancer-rules.js';
import { addService } from './load-balancer-services.js';
import { renderLoadBalancer } from './load-balancer-view.js';
import { byIdOrName, locationNamed } from './market.js';
import { privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { assertAssignable, createPrimaryIp } from './public-addresses.js';
import { resourceRoutes } from './resource-routes.js';
import { created, type Answer, type Call, type Route } from './route.js';

const updateFields = z.strictObject({
  name: nameField(128).optional(),
  labels: labelsField.optional(),
});

export const loadBalancerRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'load_balancers',
    singular: 'load_balancer',
    table: (project) => project.loadBalancers,
    render: renderLoadBalancer,
    changes: updateFields,
  }),
  ['POST', '/load_balancers', create],
  ['DELETE', '/load_balancers/{id}', remove],
  ...loadBalancerActionRoutes,
];

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.loadBalancers, body.name);
  const type = byIdOrName(loadBalancerTypes, body.load_balancer_type);
  if (!type) throw notFound('load balancer type', body.load_balancer_type);
  const location = placeOf(body);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const id = body.public_net[family];
    if (id !== undefined) assertAssignable(project, { id, type: family, location });
  }
  const draft: LoadBalancerRecord = {
    id: project.newId(),
    name: body.name,
    created: project.now,
    labels: body.labels,
    loadBalancerType: type.name,
    location,
    algorithm: body.algorithm.type,
    publicInterface: body.public_interface,
    ipv4: 0,
    ipv6: 0,
    privateNet: networkOf(project, body.network, location),
    services: [],
    targets: [],
    protection: false,
  };
  for (const wish of body.services) addService(project, draft, wish);
  for (const wish of body.targets) {
    const target = targetOf(wish, project.now);
    assertTarget(project, draft, target);
    draft.targets.push(target);
  }
  const { ipv4, ipv6 } = body.public_net;
  const addresses = {
    ipv4: takeIp(project, draft, { type: 'ipv4', given: ipv4 }),
    ipv6: takeIp(project, draft, { type: 'ipv6', given: ipv6 }),
  };
  const balancer = project.loadBalancers.add({ ...draft, ...addresses });
  const self = { id: balancer.id, type: 'load_balancer' } as const;
  const effect: Effect = { kind: 'load-balancer-attached', loadBalancer: balancer.id };
  const action = project.start({
    command: 'create_load_balancer',
    resources: [self],
    duration: 'createLoadBalancer',
    effect,
    locks: self,
  });
  return created({
    load_balancer: renderLoadBalancer(project, balancer),
    action: renderAction(action),
  });
}

/** Everything is checked: the address becomes the load balancer's, for as long as it lives. */
function takeIp(
  project: Project,
  { id: loadBalancer, location }: LoadBalancerRecord,
  { type, given }: { type: 'ipv4' | 'ipv6'; given: number | undefined },
): number {
  const ip =
    project.primaryIps.find(given ?? null) ??
    createPrimaryIp(project, { type, location, server: null, autoDelete: true });
  ip.loadBalancer = loadBalancer;
  return ip.id;
}

function placeOf(body: LoadBalancerOrder): string {
  if ((body.location === undefined) === (body.network_zone === undefined)) {
    throw invalidField('location', 'exactly one of location and network_zone must be given');
  }
  if (body.location !== undefined) return locationNamed(body.location).name;
  const found = locations.find((location) => location.network_zone === body.network_zone);
  if (!found) throw invalidField('network_zone', 'does not exist');
  return found.name;
}

function networkOf(
  project: Project,
  id: number | undefined,
  location: string,
): LoadBalancerRecord['privateNet'] {
  if (id === undefined) return null;
  const network = project.networks.get(id);
  return { network: id, ip: privateAddress(project, network, { location }), attached: false };
}

/**
 * 201 with an action since 2026-10-05 (hcloud-go 2.52, hcloud-python 2.27). Its name, its addresses
 * and its place in the network are free when the action ends, as with a server (assumed).
 */
function remove(project: Project, call: Call): Answer {
  const balancer = project.loadBalancers.get(call.id);
  if (balancer.protection) throw protectedFromDeletion('load balancer');
  const self = { id: balancer.id, type: 'load_balancer' } as const;
  project.assertUnlocked(self);
  const action = project.start({
    command: 'delete_load_balancer',
    resources: [self],
    duration: 'deleteLoadBalancer',
    effect: { kind: 'load-balancer-deleted', loadBalancer: balancer.id },
    locks: self,
  });
  return created({ action: renderAction(action) });
}
