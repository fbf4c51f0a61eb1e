import { z } from 'zod';
import { renderAction } from './actions.js';
import type { Effect } from './action-records.js';
import { notFound, refused } from './api-error.js';
import { checkBody } from './body.js';
import { loadBalancerTypes } from './catalogue.js';
import { idField, idOrNameField, noBody } from './fields.js';
import {
  algorithmField,
  serviceChangeField,
  serviceField,
  targetField,
  targetOf,
} from './load-balancer-fields.js';
import type { LoadBalancerRecord } from './load-balancer-records.js';
import { assertTarget, fits, isSame, notInNetwork } from './load-balancer-rules.js';
import { addService, updateService } from './load-balancer-services.js';
import { byIdOrName } from './market.js';
import { privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { created, type Route } from './route.js';

type Change = (project: Project, balancer: LoadBalancerRecord, body: unknown) => Effect | undefined;

/** What each action changes at once; what takes its time is an effect. */
const changes: Readonly<Record<string, Change>> = {
  add_service: silent((project, balancer, body) => {
    addService(project, balancer, checkBody(serviceField, body));
  }),
  update_service: silent((project, balancer, body) => {
    updateService(project, balancer, checkBody(serviceChangeField, body));
  }),
  delete_service: silent((_project, balancer, body) => {
    const { listen_port: port } = checkBody(z.strictObject({ listen_port: z.int() }), body);
    const kept = balancer.services.filter((service) => service.listen_port !== port);
    if (kept.length === balancer.services.length) throw notFound('service', port);
    balancer.services = kept;
  }),
  add_target: silent((project, balancer, body) => {
    const target = targetOf(checkBody(targetField, body), project.now);
    assertTarget(project, balancer, target);
    balancer.targets.push(target);
  }),
  remove_target: silent((project, balancer, body) => {
    const target = targetOf(checkBody(targetField, body), project.now);
    const kept = balancer.targets.filter((other) => !isSame(other, target));
    if (kept.length === balancer.targets.length) throw notFound('target', target.type);
    balancer.targets = kept;
  }),
  attach_to_network: attach,
  detach_from_network: silent((_project, balancer, body) => {
    const { network } = checkBody(z.strictObject({ network: idField }), body);
    if (balancer.privateNet?.network !== network) throw notInNetwork();
    balancer.privateNet = null;
  }),
  change_algorithm: silent((_project, balancer, body) => {
    balancer.algorithm = checkBody(algorithmField, body).type;
  }),
  change_type: silent(changeType),
  enable_public_interface: silent((_project, balancer, body) => {
    checkBody(noBody, body);
    balancer.publicInterface = true;
  }),
  disable_public_interface: silent(disablePublicInterface),
  change_protection: silent((_project, balancer, body) => {
    balancer.protection = checkBody(z.strictObject({ delete: z.boolean() }), body).delete;
  }),
};

export const loadBalancerActionRoutes: readonly Route[] = Object.entries(changes).map(
  ([command, change]): Route => [
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
  ],
);

/** A change that is true as soon as it is asked for. */
function silent(change: (...of: Parameters<Change>) => void): Change {
  return (...of) => {
    change(...of);
    return undefined;
  };
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

/** Also to a smaller type, as long as what the load balancer does fits into it. */
function changeType(project: Project, balancer: LoadBalancerRecord, body: unknown): void {
  const fields = z.strictObject({ load_balancer_type: idOrNameField });
  const wish = checkBody(fields, body).load_balancer_type;
  const type = byIdOrName(loadBalancerTypes, wish);
  if (!type) throw notFound('load balancer type', wish);
  if (!fits(project, balancer, type)) {
    throw refused('invalid_load_balancer_type', 'load balancer type does not fit');
  }
  balancer.loadBalancerType = type.name;
}

function disablePublicInterface(
  _project: Project,
  balancer: LoadBalancerRecord,
  body: unknown,
): void {
  checkBody(noBody, body);
  if (!balancer.privateNet) throw notInNetwork();
  if (balancer.targets.some(({ usePrivateIp }) => !usePrivateIp)) {
    throw refused(
      'targets_without_use_private_ip',
      'load balancer has targets that use the public IP',
    );
  }
  balancer.publicInterface = false;
}
