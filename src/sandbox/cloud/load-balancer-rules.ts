import { ApiError, invalidField, refused } from './api-error.js';
import { parseSelector } from './labels.js';
import type {
  LoadBalancerRecord,
  LoadBalancerService,
  LoadBalancerTarget,
} from './load-balancer-records.js';
import type { Project } from './project.js';

export function assertService(balancer: LoadBalancerRecord, service: LoadBalancerService): void {
  if (balancer.services.some((other) => other.listen_port === service.listen_port)) {
    throw new ApiError(412, 'source_port_already_used', 'listen port is already used');
  }
}

/** Refuses a target that traffic could not be sent to. */
export function assertTarget(
  project: Project,
  balancer: LoadBalancerRecord,
  target: LoadBalancerTarget,
): void {
  if (balancer.targets.some((other) => isSame(other, target))) {
    throw refused('target_already_defined', 'target is already defined');
  }
  const { privateNet } = balancer;
  if (target.usePrivateIp && !privateNet) {
    throw refused(
      'load_balancer_not_attached_to_network',
      'load balancer is not attached to a network',
    );
  }
  if (target.type === 'label_selector') {
    if (target.selector === null) throw invalidField('label_selector', 'must be given');
    parseSelector(target.selector);
  } else if (target.type === 'ip') {
    // IP targets have to be servers of the same account in Hetzner's other product line.
    throw refused('ip_not_owned', 'IP is not owned by the account');
  } else {
    if (target.server === null) throw invalidField('server', 'must be given');
    const server = project.servers.get(target.server);
    const isMember = server.privateNets.some((net) => net.network === privateNet?.network);
    if (target.usePrivateIp && !isMember) {
      throw refused(
        'resolve_cloud_private_targets_error',
        'server has no private IP in the network',
      );
    }
    if (!target.usePrivateIp && server.ipv4 === null) {
      throw refused('resolve_cloud_public_targets_error', 'server has no public IPv4');
    }
  }
}

/** Targets are told apart by what they point to, not by how they are reached. */
export function isSame(a: LoadBalancerTarget, b: LoadBalancerTarget): boolean {
  return a.type === b.type && a.server === b.server && a.selector === b.selector && a.ip === b.ip;
}
