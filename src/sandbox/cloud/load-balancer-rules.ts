import { ApiError, invalidField, limitExceeded, refused } from './api-error.js';
import { loadBalancerTypes, type LoadBalancerTypeFacts } from './catalogue.js';
import { parseSelector } from './labels.js';
import type {
  LoadBalancerRecord,
  LoadBalancerTarget,
  ServiceFields,
} from './load-balancer-records.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';

/** The type of a load balancer that exists. */
export function typeOf(balancer: LoadBalancerRecord): LoadBalancerTypeFacts {
  const type = loadBalancerTypes.find(({ name }) => name === balancer.loadBalancerType);
  if (!type) throw new Error(`unknown load balancer type ${balancer.loadBalancerType}`);
  return type;
}

/** Whether a type has room for what the load balancer does. */
export function fits(
  project: Project,
  balancer: LoadBalancerRecord,
  type: LoadBalancerTypeFacts,
): boolean {
  const targets = balancer.targets.reduce((sum, one) => sum + serversOf(project, one).length, 0);
  return balancer.services.length <= type.maxServices && targets <= type.maxTargets;
}

/** Refuses one service too many, and a port that another has. That the limit comes second is assumed. */
export function assertRoomFor(balancer: LoadBalancerRecord, port: number): void {
  if (balancer.services.some((other) => other.listen_port === port)) {
    throw new ApiError(412, 'source_port_already_used', 'listen port is already used');
  }
  if (balancer.services.length >= typeOf(balancer).maxServices) {
    throw limitExceeded('load_balancer_service_limit', 'load balancer service limit exceeded');
  }
}

/** Refuses https without certificates, and certificates that do not exist. */
export function assertCertificates(project: Project, service: ServiceFields): void {
  const certificates = service.http?.certificates ?? [];
  if (service.protocol === 'https' && certificates.length === 0) {
    throw invalidField('http.certificates', 'must be given for https');
  }
  for (const id of certificates) project.certificates.get(id);
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
  if (target.usePrivateIp && !privateNet) throw notInNetwork();
  if (target.type === 'label_selector') {
    if (target.selector === null) throw invalidField('label_selector', 'must be given');
    parseSelector(target.selector);
  } else if (target.type === 'ip') {
    // IP targets have to be servers of the same account in Hetzner's other product line.
    throw refused('ip_not_owned', 'IP is not owned by the account');
  } else {
    if (target.server === null) throw invalidField('server', 'must be given');
    assertReachable(balancer, target, project.servers.get(target.server));
  }
  const wanted = { ...balancer, targets: [...balancer.targets, target] };
  if (!fits(project, wanted, typeOf(balancer))) {
    throw limitExceeded('load_balancer_target_limit', 'load balancer target limit exceeded');
  }
}

function assertReachable(
  balancer: LoadBalancerRecord,
  target: LoadBalancerTarget,
  server: ServerRecord,
): void {
  if (!target.usePrivateIp && !balancer.publicInterface) {
    throw refused('load_balancer_public_interface_disabled', 'public interface is disabled');
  }
  const isMember = server.privateNets.some((net) => net.network === balancer.privateNet?.network);
  if (target.usePrivateIp && !isMember) {
    throw refused('resolve_cloud_private_targets_error', 'server has no private IP in the network');
  }
  if (!target.usePrivateIp && server.ipv4 === null) {
    throw refused('resolve_cloud_public_targets_error', 'server has no public IPv4');
  }
}

export const notInNetwork = (): ApiError =>
  refused('load_balancer_not_attached_to_network', 'load balancer is not attached to a network');

/** The servers that a target stands for now. */
export function serversOf(project: Project, target: LoadBalancerTarget): ServerRecord[] {
  if (target.type !== 'label_selector') return [project.servers.find(target.server) ?? []].flat();
  const matches = parseSelector(target.selector ?? '');
  return project.servers.all().filter(({ labels }) => matches(labels));
}

/** Targets are told apart by what they point to, not by how they are reached. */
export function isSame(a: LoadBalancerTarget, b: LoadBalancerTarget): boolean {
  return a.type === b.type && a.server === b.server && a.selector === b.selector && a.ip === b.ip;
}
