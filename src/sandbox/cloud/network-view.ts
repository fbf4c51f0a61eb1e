import { storedRange, toNumber } from './address-math.js';
import { list } from './listing.js';
import type { Project } from './project.js';
import type { NetworkRecord } from './records.js';
import type { Answer, Call } from './route.js';
import { gatewayOf } from './subnets.js';
import { timestamp } from './time.js';

/** A network as the API shows it. */
export function renderNetwork(project: Project, network: NetworkRecord): object {
  return {
    id: network.id,
    name: network.name,
    ip_range: network.ipRange,
    subnets: network.subnets.map((subnet) => ({
      type: subnet.type,
      ip_range: subnet.ipRange,
      network_zone: subnet.networkZone,
      gateway: gatewayOf(network),
      vswitch_id: null,
    })),
    routes: network.routes,
    servers: project.servers
      .all()
      .filter((server) => server.privateNets.some((net) => net.network === network.id))
      .map((server) => server.id),
    load_balancers: project.loadBalancers
      .all()
      .filter((balancer) => balancer.privateNet?.network === network.id)
      .map((balancer) => balancer.id),
    protection: { delete: network.protection },
    labels: network.labels,
    created: timestamp(network.created),
    expose_routes_to_vswitch: network.exposeRoutes,
  };
}

interface Member {
  readonly type: 'server' | 'load_balancer';
  readonly id: number;
  readonly ip: string;
  readonly status: 'ok' | 'attaching';
  readonly alias_ips: readonly string[];
  readonly subnet: string;
}

/** GET /networks/{id}/members (Hetzner changelog, 2026-09-15). */
export function listMembers(project: Project, call: Call): Answer {
  const network = project.networks.get(call.id);
  return list(call, {
    key: 'members',
    rows: members(project, network),
    render: (member) => member,
    filters: {
      type: (member) => member.type,
      status: (member) => member.status,
      subnet: (member) => member.subnet,
    },
    sorts: {
      id: (member) => member.id,
      type: (member) => member.type,
      status: (member) => member.status,
      ip: (member) => toNumber(member.ip),
    },
  });
}

function members(project: Project, network: NetworkRecord): Member[] {
  const subnetOf = (ip: string): string =>
    network.subnets.find((subnet) => {
      const { first, last } = storedRange(subnet.ipRange);
      return first <= toNumber(ip) && toNumber(ip) <= last;
    })?.ipRange ?? network.ipRange;
  const common = (ip: string, attached: boolean) => ({
    ip,
    status: attached ? ('ok' as const) : ('attaching' as const),
    subnet: subnetOf(ip),
  });
  const servers = project.servers.all().flatMap((server) =>
    server.privateNets
      .filter((net) => net.network === network.id)
      .map((net): Member => {
        return {
          type: 'server',
          id: server.id,
          ...common(net.ip, net.attached),
          alias_ips: net.aliasIps,
        };
      }),
  );
  const balancers = project.loadBalancers.all().flatMap(({ id, privateNet }): Member[] => {
    if (privateNet?.network !== network.id) return [];
    const { ip, attached } = privateNet;
    return [{ type: 'load_balancer', id, ...common(ip, attached), alias_ips: [] }];
  });
  return [...servers, ...balancers];
}
