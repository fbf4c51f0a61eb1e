import type { Balancer } from '../machines.js';
import { getsTraffic } from './load-balancer-health.js';
import type { LoadBalancerRecord } from './load-balancer-records.js';
import { serversOf } from './load-balancer-rules.js';
import { admits } from './machine-room.js';
import type { Project } from './project.js';

/** The load balancer at this address, and where it leads a connection to this port. */
export function balancerAt(project: Project, address: string, port: number): Balancer | undefined {
  for (const balancer of project.loadBalancers.all()) {
    const side = sideOf(project, balancer, address);
    if (side) return { ...side, ...throughIt(project, balancer, port) };
  }
  return undefined;
}

/** Its address from which it is reached; a public interface that is off leads nowhere. */
function sideOf(
  project: Project,
  { publicInterface, privateNet, ipv4, ipv6 }: LoadBalancerRecord,
  address: string,
): Pick<Balancer, 'networkId'> | undefined {
  if (privateNet?.attached === true && privateNet.ip === address) {
    return { networkId: privateNet.network };
  }
  const own = [
    project.primaryIps.find(ipv4)?.address,
    `${project.primaryIps.find(ipv6)?.address ?? ''}1`,
  ];
  return publicInterface && own.includes(address) ? { networkId: undefined } : undefined;
}

function throughIt(
  project: Project,
  balancer: LoadBalancerRecord,
  port: number,
): Pick<Balancer, 'listens' | 'targets'> {
  const service = balancer.services.find(({ listen_port: listens }) => listens === port);
  if (!service) return { listens: false, targets: [] };
  const source = project.primaryIps.find(balancer.ipv4)?.address ?? '';
  const { destination_port: to } = service;
  const targets = balancer.targets.flatMap((target) =>
    serversOf(project, target)
      .filter((server) => getsTraffic(project, { balancer, target, server }, service))
      .filter(({ id }) => target.usePrivateIp || admits(project, id, { source, port: to }))
      .map(({ id }) => ({ machineId: id, port: to })),
  );
  // Their turns go by the time, so that a look takes none away.
  const turn = Math.floor(project.now / 1_000) % Math.max(1, targets.length);
  return { listens: true, targets: [...targets.slice(turn), ...targets.slice(0, turn)] };
}

/** The public address of a load balancer before this machine; undefined: there is none. */
export function addressBefore(project: Project, machineId: number): string | undefined {
  const balancer = project.loadBalancers
    .all()
    .find(
      ({ publicInterface, targets }) =>
        publicInterface && targets.some(({ server }) => server === machineId),
    );
  return balancer && project.primaryIps.find(balancer.ipv4)?.address;
}
