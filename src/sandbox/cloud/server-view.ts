import { includedTraffic, renderServerType } from './catalogue-view.js';
import { renderImage } from './image-view.js';
import { locationNamed, regionOf, serverTypeNamed } from './market.js';
import { renderPlacementGroup } from './placement-groups.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';
import { reverseNames } from './reverse-dns.js';
import { rescueAhead } from './server-changes.js';
import { diskOf } from './server-rebuild.js';
import { timestamp } from './time.js';

/** A server as the API shows it (the shape since 2026-11-02: no `datacenter`, no `deprecated`). */
export function renderServer(project: Project, server: ServerRecord): object {
  const type = serverTypeNamed(server.serverType);
  const location = locationNamed(server.location);
  const image = project.images.find(server.imageId);
  const group = project.placementGroups.find(server.placementGroup);
  const offer = type.offers[regionOf(location)];
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: timestamp(server.created),
    public_net: publicNet(project, server),
    private_net: server.privateNets
      .filter((net) => net.attached)
      .map((net) => ({
        network: net.network,
        ip: net.ip,
        alias_ips: net.aliasIps,
        mac_address: net.mac,
      })),
    server_type: renderServerType(type, project.market),
    location,
    image: image ? renderImage(image) : null,
    iso: null,
    rescue_enabled: rescueAhead(server, project.now) !== undefined,
    locked: project.isLocked({ type: 'server', id: server.id }),
    backup_window: server.backupWindow ?? null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: offer ? includedTraffic(offer) : null,
    protection: { delete: server.protection, rebuild: server.protection },
    labels: server.labels,
    primary_disk_size: diskOf(server),
    volumes: project.volumes
      .all()
      .filter((volume) => volume.server === server.id)
      .map((volume) => volume.id),
    load_balancers: project.loadBalancers
      .all()
      .filter((balancer) => balancer.targets.some((target) => target.server === server.id))
      .map((balancer) => balancer.id),
    placement_group: group ? renderPlacementGroup(project, group) : null,
  };
}

function publicNet(project: Project, server: ServerRecord): object {
  const ipv4 = project.primaryIps.find(server.ipv4);
  const ipv6 = project.primaryIps.find(server.ipv6);
  return {
    ipv4: ipv4
      ? {
          id: ipv4.id,
          ip: ipv4.address,
          blocked: false,
          dns_ptr: reverseNames(ipv4)[0]?.dns_ptr ?? '',
        }
      : null,
    ipv6: ipv6
      ? { id: ipv6.id, ip: `${ipv6.address}/64`, blocked: false, dns_ptr: reverseNames(ipv6) }
      : null,
    floating_ips: project.floatingIps
      .all()
      .filter((ip) => ip.server === server.id)
      .map(({ id }) => id),
    firewalls: firewallStates(server),
  };
}

/** A firewall that is applied in two ways is shown once. */
function firewallStates(server: ServerRecord): object[] {
  const ids = [...new Set(server.firewalls.map((entry) => entry.firewall))];
  return ids.map((id) => {
    const applied = server.firewalls.some((entry) => entry.firewall === id && entry.applied);
    return { id, status: applied ? 'applied' : 'pending' };
  });
}
