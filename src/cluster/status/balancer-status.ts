import type { ClusterConfig } from '../../config/schema.js';
import { oxide } from '../../lib/commands.js';
import { plural } from '../../lib/format.js';
import { isBalanced } from '../network/api-endpoint.js';
import type { ClusterState } from '../state/cluster-state.js';
import { isHealthy, type BalancerTarget, type TargetHealth } from '../state/load-balancer.js';
import { makesMissing } from './make-missing.js';
import type { BalancerStatus, Problem } from './report.js';

/** Undefined: the cluster has none. */
export function balancerStatus({ balancer, servers }: ClusterState): BalancerStatus | undefined {
  if (!balancer) return undefined;
  const { name, id, type, location, publicIps, isPublic } = balancer;
  return {
    ...{ name, id, type, location, public: isPublic, publicIps },
    privateIp: balancer.privateIp ?? null,
    targets: balancer.targets.map((target) => ({
      server: servers.find((server) => server.id === target.serverId)?.name ?? null,
      health: worstOf(target),
      detail: target.health.flatMap(sickText).join(', ') || null,
    })),
  };
}

function worstOf(target: BalancerTarget): string {
  if (isHealthy(target)) return 'healthy';
  return target.health.find(({ status }) => status === 'unhealthy')?.status ?? 'unknown';
}

function sickText({ port, status, detail }: TargetHealth): readonly string[] {
  return status === 'unhealthy' ? [`${port}: ${detail ?? 'unspecified'}`] : [];
}

/** `demo, 203.0.113.9 and 10.0.1.254: 3 of 3 targets healthy` */
export function balancerText(balancer: BalancerStatus): string {
  const { name, type, location, publicIps, privateIp, targets } = balancer;
  const [ipv4] = publicIps;
  const at = [
    ...(balancer.public && ipv4 !== undefined ? [ipv4] : []),
    ...(privateIp ? [privateIp] : []),
  ];
  const healthy = targets.filter(({ health }) => health === 'healthy').length;
  const where = at.length > 0 ? ` at ${at.join(' and ')}` : '';
  return `${name} (${type} in ${location})${where}: ${healthy} of ${plural(targets.length, 'target')} healthy`;
}

/** What is wrong with it. One that is only not found well yet is no problem. */
export function balancerProblems(config: ClusterConfig, state: ClusterState): readonly Problem[] {
  const balancer = balancerStatus(state);
  if (!balancer) {
    if (!isBalanced(config)) return [];
    const message = 'the load balancer does not exist';
    return [{ code: 'missing-load-balancer', message, hint: makesMissing }];
  }
  return balancer.targets.flatMap(({ server, health, detail }): Problem[] => {
    if (health !== 'unhealthy' || server === null) return [];
    const message = `the load balancer finds ${server} unhealthy (${detail ?? 'unspecified'})`;
    const hint = `when it is dead, and not only starting: ${oxide`repair`}`;
    return [{ code: 'target-unhealthy', message, hint }];
  });
}
