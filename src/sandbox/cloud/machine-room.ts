import type { Machine } from '../machines.js';
import { letsIn } from './firewall-rules.js';
import { serverTypeNamed } from './market.js';
import type { Project } from './project.js';
import type { Architecture, DiskContent, ServerRecord } from './records.js';
import { diskOf } from './server-rebuild.js';

/** The project's servers as their operating systems know them. */
export function listMachines(project: Project): Machine[] {
  return project.servers
    .all()
    .filter((server) => server.status !== 'deleting')
    .map((server) => machine(project, server));
}

function machine(project: Project, server: ServerRecord): Machine {
  const type = serverTypeNamed(server.serverType);
  const ipv6 = project.primaryIps.find(server.ipv6)?.address;
  return {
    id: server.id,
    name: server.name,
    poweredOnAt: server.poweredOnAt ?? undefined,
    image: server.inRescue ? undefined : bootable(server.disk, type.architecture),
    linux: linuxOf(server),
    userData: server.userData,
    cores: type.cores,
    memoryGb: type.memory,
    diskGb: diskOf(server),
    rebuiltAt: server.rebuiltAt,
    location: server.location,
    publicIpv4: project.primaryIps.find(server.ipv4)?.address,
    // Hetzner's images and Talos take the first address of the /64.
    publicIpv6: ipv6 === undefined ? undefined : `${ipv6}1`,
    privateIps: server.privateNets
      .filter((net) => net.attached)
      .map((net) => ({ networkId: net.network, ip: net.ip })),
  };
}

/** Nothing starts from this disk. */
export function isBlank(disk: DiskContent): boolean {
  return disk !== null && !('talosVersion' in disk);
}

/** Talos starts from a whole image, and only on the processors that it is for. */
function bootable(disk: DiskContent, architecture: Architecture): Machine['image'] {
  if (!disk || !('talosVersion' in disk)) return undefined;
  return disk.architecture === architecture ? disk : undefined;
}

function linuxOf(server: ServerRecord): Machine['linux'] {
  if (server.inRescue) return { system: 'rescue', keys: server.rescueKeys ?? [] };
  return server.disk ? undefined : { system: 'installed', keys: server.sshKeys };
}

/**
 * Hetzner docs, "Firewalls FAQ": without a firewall everything gets in; with some, what at least
 * one rule of any of them lets in. One that is still pending does not filter yet.
 */
export function admits(
  project: Project,
  serverId: number,
  packet: { source: string; port: number },
): boolean {
  const server = project.servers.find(serverId);
  if (!server || server.status === 'deleting') return false;
  if (server.ipv4 === null && server.ipv6 === null) return false;
  const firewalls = server.firewalls.filter((entry) => entry.applied);
  if (firewalls.length === 0) return true;
  return firewalls
    .flatMap((entry) => project.firewalls.find(entry.firewall)?.rules ?? [])
    .some((rule) => letsIn(rule, packet.source, packet.port));
}
