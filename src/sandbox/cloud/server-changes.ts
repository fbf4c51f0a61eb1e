import { durationOf } from '../timings.js';
import type { Project } from './project.js';
import { releaseAddresses } from './public-addresses.js';
import type { ServerRecord } from './records.js';

/** The machine exists, with its networks and firewalls in place, and has not been started yet. */
export function finishCreation(server: ServerRecord): void {
  server.status = 'off';
  for (const net of server.privateNets) net.attached = true;
  for (const entry of server.firewalls) if (!entry.bySelector) entry.applied = true;
}

/** The machine stays, without what it was ordered with: neither in its networks nor behind its firewalls. */
export function failCreation(server: ServerRecord): void {
  server.status = 'off';
  server.privateNets = [];
  server.firewalls = server.firewalls.filter((entry) => entry.bySelector);
}

/** The keys of the rescue system that the next boot goes to; undefined: it goes to the disk. */
export function rescueAhead(server: ServerRecord, now: number): readonly string[] | undefined {
  const { rescueNext } = server;
  return rescueNext && rescueNext.until > now ? rescueNext.sshKeys : undefined;
}

/** The machine starts from its disk, or for one boot into the rescue system. */
export function bootServer(server: ServerRecord, now: number): void {
  server.status = 'running';
  server.poweredOnAt = now;
  server.offAt = null;
  const rescue = rescueAhead(server, now);
  server.inRescue = rescue !== undefined;
  server.rescueKeys = rescue ?? [];
  server.rescueNext = null;
}

/** The machine starts from a disk that an image was written to; what was on it is lost. */
export function writeDisk(
  project: Project,
  server: ServerRecord,
  content: { readonly image: number; readonly userData: string },
): void {
  server.imageId = content.image;
  server.disk = project.images.find(content.image)?.content ?? null;
  server.userData = content.userData;
  server.rebuiltAt = project.now;
  bootServer(server, project.now);
}

/** The machine has no power from now on. */
export function switchOff(server: ServerRecord): void {
  server.poweredOnAt = null;
  server.offAt = null;
  if (server.status !== 'deleting') server.status = 'off';
}

/** The server is gone. Name and placement are free at once, addresses and firewalls a little later. */
export function releaseServer(project: Project, server: ServerRecord): void {
  const until = project.now + durationOf('releaseLag');
  for (const net of server.privateNets) {
    project.networks.find(net.network)?.releasing.push({ ip: net.ip, until });
  }
  for (const entry of server.firewalls.filter(({ bySelector }) => !bySelector)) {
    project.firewalls.find(entry.firewall)?.releasing.push({ server: server.id, until });
  }
  for (const volume of project.volumes.all()) if (volume.server === server.id) volume.server = null;
  for (const ip of project.floatingIps.all()) if (ip.server === server.id) ip.server = null;
  releaseAddresses(project, server.id);
  removeBackups(project, server.id);
  for (const balancer of project.loadBalancers.all()) {
    balancer.targets = balancer.targets.filter((target) => target.server !== server.id);
  }
  project.servers.remove(server.id);
}

export function dropPrivateNet(server: ServerRecord, network: number): void {
  server.privateNets = server.privateNets.filter((net) => net.network !== network);
}

/** Takes a firewall off that was applied by name; what a selector applies stays. */
export function dropFirewall(server: ServerRecord, firewall: number): void {
  server.firewalls = server.firewalls.filter(
    (entry) => entry.firewall !== firewall || entry.bySelector,
  );
}

/** Backups live only as long as their server, and as long as it is backed up. */
export function removeBackups(project: Project, server: number): void {
  for (const image of project.images.all()) {
    if (image.boundTo === server) project.images.remove(image.id);
  }
}
