import { ApiError, refused } from './api-error.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';
import { switchOff } from './server-changes.js';

/** So few that a small cluster shares hosts where nothing keeps its servers apart. Hetzner tells no number. */
const serversPerHost = 4;

/** Where a server is to run. */
export interface HostWish {
  readonly location: string;
  /** The spread group that it is in: no two of its servers share a host. */
  readonly group: number | null;
}

/**
 * The host that a new server comes to: the first of its location that has room and carries none of
 * its group. Refused when the location has no such host.
 */
export function hostFor(project: Project, { location, group }: HostWish): number {
  const here = project.servers.all().filter((server) => server.location === location);
  const most = project.market.hostsIn(location);
  for (let host = 1; host <= most; host++) {
    const neighbours = here.filter((server) => server.host === host);
    const isApart = group === null || !neighbours.some((one) => one.placementGroup === group);
    if (isApart && neighbours.length < serversPerHost) return host;
  }
  if (group === null) throw new ApiError(412, 'resource_unavailable', 'error during placement');
  throw refused('placement_error', 'error during placement');
}

/** Everything on the host of this server is without power from one moment to the next. */
export function failHostOf(project: Project, { location, host }: ServerRecord): void {
  for (const server of project.servers.all()) {
    if (server.location === location && server.host === host) switchOff(server);
  }
}
