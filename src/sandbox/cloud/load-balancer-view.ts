import { includedTraffic, renderLoadBalancerType } from './catalogue-view.js';
import { loadBalancerTypes } from './catalogue.js';
import { parseSelector } from './labels.js';
import type { LoadBalancerRecord, LoadBalancerTarget } from './load-balancer-records.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import { reverseName } from './public-addresses.js';
import { timestamp } from './time.js';

/** A load balancer as the API shows it. Health is not simulated: it stays `unknown`. */
export function renderLoadBalancer(project: Project, balancer: LoadBalancerRecord): object {
  const type = loadBalancerTypes.find(({ name }) => name === balancer.loadBalancerType);
  if (!type) throw new Error(`unknown load balancer type ${balancer.loadBalancerType}`);
  const { privateNet, publicInterface } = balancer;
  return {
    id: balancer.id,
    name: balancer.name,
    public_net: {
      enabled: publicInterface,
      ipv4: { ip: balancer.ipv4, dns_ptr: reverseName(balancer.ipv4) },
      ipv6: { ip: `${balancer.ipv6}1`, dns_ptr: null },
    },
    private_net: privateNet?.attached ? [{ network: privateNet.network, ip: privateNet.ip }] : [],
    location: locationNamed(balancer.location),
    load_balancer_type: renderLoadBalancerType(type),
    protection: { delete: balancer.protection },
    labels: balancer.labels,
    created: timestamp(balancer.created),
    services: balancer.services,
    targets: balancer.targets.map((target) => renderTarget(project, balancer, target)),
    algorithm: { type: balancer.algorithm },
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: includedTraffic(type.offer),
  };
}

function renderTarget(
  project: Project,
  balancer: LoadBalancerRecord,
  target: LoadBalancerTarget,
): object {
  const health = balancer.services.map(({ listen_port }) => ({ listen_port, status: 'unknown' }));
  const server = (id: number | null): object => ({
    type: 'server',
    server: { id, ip: addressOf(project, balancer, { server: id, target }) },
    use_private_ip: target.usePrivateIp,
    health_status: health,
  });
  switch (target.type) {
    case 'server':
      return server(target.server);
    case 'ip':
      return { type: 'ip', ip: { ip: target.ip }, health_status: health };
    case 'label_selector': {
      const selector = target.selector ?? '';
      const matches = parseSelector(selector);
      return {
        type: 'label_selector',
        label_selector: { selector },
        use_private_ip: target.usePrivateIp,
        targets: project.servers
          .all()
          .filter(({ labels }) => matches(labels))
          .map(({ id }) => server(id)),
      };
    }
  }
}

/** Where the load balancer sends a server's traffic. */
function addressOf(
  project: Project,
  balancer: LoadBalancerRecord,
  { server: id, target }: { server: number | null; target: LoadBalancerTarget },
): string {
  const server = project.servers.find(id);
  const net = server?.privateNets.find(({ network }) => network === balancer.privateNet?.network);
  if (target.usePrivateIp) return net?.ip ?? '';
  return project.primaryIps.find(server?.ipv4 ?? null)?.address ?? '';
}
