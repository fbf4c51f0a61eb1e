import { z } from 'zod';
import { renderAction } from './actions.js';
import type { Effect } from './action-records.js';
import { notFound, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField } from './fields.js';
import { completeService, serviceField, targetField, targetOf } from './load-balancer-fields.js';
import type { LoadBalancerRecord } from './load-balancer-records.js';
import { assertService, assertTarget, isSame } from './load-balancer-rules.js';
import { privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { created, type Route } from './route.js';

type Change = (project: Project, balancer: LoadBalancerRecord, body: unknown) => Effect | undefined;

export const loadBalancerActionRoutes: readonly Route[] = [
  route('add_service', (_project, balancer, body) => {
    const service = completeService(checkBody(serviceField, body));
    assertService(balancer, service);
    balancer.services.push(service);
    return undefined;
  }),
  route('delete_service', (_project, balancer, body) => {
    const { listen_port: port } = checkBody(z.strictObject({ listen_port: z.int() }), body);
    const kept = balancer.services.filter((service) => service.listen_port !== port);
    if (kept.length === balancer.services.length) throw notFound('service', port);
    balancer.services = kept;
    return undefined;
  }),
  route('add_target', (project, balancer, body) => {
    const target = targetOf(checkBody(targetField, body));
    assertTarget(project, balancer, target);
    balancer.targets.push(target);
    return undefined;
  }),
  route('remove_target', (_project, balancer, body) => {
    const target = targetOf(checkBody(targetField, body));
    const kept = balancer.targets.filter((other) => !isSame(other, target));
    if (kept.length === balancer.targets.length) throw notFound('target', target.type);
    balancer.targets = kept;
    return undefined;
  }),
  route('attach_to_network', attach),
  route('detach_from_network', (_project, balancer, body) => {
    const { network } = checkBody(z.strictObject({ network: idField }), body);
    if (balancer.privateNet?.network !== network) {
      throw refused('load_balancer_not_attached_to_network', 'load balancer is not attached to it');
    }
    balancer.privateNet = null;
    return undefined;
  }),
  route('change_protection', (_project, balancer, body) => {
    balancer.protection = checkBody(z.strictObject({ delete: z.boolean() }), body).delete;
    return undefined;
  }),
];

function route(command: string, change: Change): Route {
  return [
    'POST',
    `/load_balancers/{id}/actions/${command}`,
    (project, call) => {
      const balancer = project.loadBalancers.get(call.id);
      const self = { id: balancer.id, type: 'load_balancer' } as const;
      project.assertUnlocked(self);
      const effect = change(project, balancer, call.body);
      const action = project.start({
        command,
        resources: [self],
        duration: 'loadBalancerChange',
        locks: self,
        ...(effect ? { effect } : {}),
      });
      return created({ action: renderAction(action) });
    },
  ];
}

function attach(project: Project, balancer: LoadBalancerRecord, body: unknown): Effect {
  const fields = z.strictObject({
    network: idField,
    ip: z.ipv4().optional(),
    ip_range: z.string().optional(),
  });
  const wish = checkBody(fields, body);
  if (balancer.privateNet) {
    throw refused(
      'load_balancer_already_attached',
      'load balancer is already attached to a network',
    );
  }
  const network = project.networks.get(wish.network);
  const { location } = balancer;
  const ip = privateAddress(project, network, { location, ip: wish.ip, ipRange: wish.ip_range });
  balancer.privateNet = { network: network.id, ip, attached: false };
  return { kind: 'load-balancer-attached', loadBalancer: balancer.id };
}
