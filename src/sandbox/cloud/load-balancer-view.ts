import { includedTraffic, renderLoadBalancerType } from './catalogue-view.js';
import { healthOf } from './load-balancer-health.js';
import type {
  LoadBalancerRecord,
  LoadBalancerService,
  LoadBalancerTarget,
} from './load-balancer-records.js';
import { serversOf, typeOf } from './load-balancer-rules.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';
import { reverseNames } from './reverse-dns.js';
import { timestamp } from './time.js';

/** A load balancer as the API shows it. */
export function renderLoadBalancer(project: Project, balancer: LoadBalancerRecord): object {
  const type = typeOf(balancer);
  const { privateNet, publicInterface } = balancer;
  return {
    id: balancer.id,
    name: balancer.name,
    public_net: {
      enabled: publicInterface,
      ipv4: publicAddress(project, balancer.ipv4),
      ipv6: publicAddress(project, balancer.ipv6),
    },
    private_net: privateNet?.attached ? [{ network: privateNet.network, ip: privateNet.ip }] : [],
    location: locationNamed(balancer.location),
    load_balancer_type: renderLoadBalancerType(type),
    protection: { delete: balancer.protection },
    labels: balancer.labels,
    created: timestamp(balancer.created),
    services: balancer.services.map(shownService),
    targets: balancer.targets.map((target) => renderTarget(project, balancer, target)),
    algorithm: { type: balancer.algorithm },
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: includedTraffic(type.offer),
  };
}

function shownService(service: LoadBalancerService): object {
  return Object.fromEntries(Object.entries(service).filter(([field]) => field !== 'since'));
}

/** Unlike a server's, an IPv6 address is a single one. */
function publicAddress(project: Project, id: number): object {
  const ip = project.primaryIps.find(id);
  const address = ip && (ip.type === 'ipv4' ? ip.address : `${ip.address}1`);
  const named = ip && reverseNames(ip).find((entry) => entry.ip === address);
  return {
    id: ip?.id ?? null,
    ip: address ?? null,
    blocked: false,
    dns_ptr: named?.dns_ptr ?? null,
  };
}

function renderTarget(
  project: Project,
  balancer: LoadBalancerRecord,
  target: LoadBalancerTarget,
): object {
  const servers = serversOf(project, target).map((server) => ({
    type: 'server',
    server: { id: server.id, ip: addressOf(project, balancer, { server, target }) },
    use_private_ip: target.usePrivateIp,
    health_status: healthOf(project, { balancer, target, server }),
  }));
  if (target.type === 'label_selector') {
    return {
      type: 'label_selector',
      label_selector: { selector: target.selector },
      use_private_ip: target.usePrivateIp,
      targets: servers,
    };
  }
  return (
    servers[0] ?? { type: target.type, use_private_ip: target.usePrivateIp, health_status: [] }
  );
}

/** Where the load balancer sends a server's traffic. */
function addressOf(
  project: Project,
  balancer: LoadBalancerRecord,
  { server, target }: { server: ServerRecord; target: LoadBalancerTarget },
): string {
  const net = server.privateNets.find(({ network }) => network === balancer.privateNet?.network);
  if (target.usePrivateIp) return net?.ip ?? '';
  return project.primaryIps.find(server.ipv4)?.address ?? '';
}
