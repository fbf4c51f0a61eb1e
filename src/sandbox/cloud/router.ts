import { ApiError } from './api-error.js';
import { actionRoutes } from './action-routes.js';
import { catalogueRoutes } from './catalogue-view.js';
import { certificateRoutes } from './certificates.js';
import { firewallRoutes } from './firewalls.js';
import { floatingIpRoutes } from './floating-ips.js';
import { imageRoutes } from './images.js';
import { loadBalancerRoutes } from './load-balancers.js';
import { networkRoutes } from './networks.js';
import { placementGroupRoutes } from './placement-groups.js';
import { primaryIpRoutes } from './primary-ips.js';
import { reverseDnsRoutes } from './reverse-dns.js';
import type { Handler, Route } from './route.js';
import { serverRoutes } from './servers.js';
import { sshKeyRoutes } from './ssh-keys.js';
import { volumeRoutes } from './volumes.js';

export interface Match {
  readonly handlers: Readonly<Partial<Record<string, Handler>>>;
  readonly id: number;
  readonly subId: number;
}

interface Pattern {
  readonly regex: RegExp;
  readonly handlers: Partial<Record<string, Handler>>;
}

/** All routes of the simulated API, in the order of the table of contents of its reference. */
export const routes: readonly Route[] = [
  ...actionRoutes,
  ...serverRoutes,
  ...imageRoutes,
  ...sshKeyRoutes,
  ...placementGroupRoutes,
  ...primaryIpRoutes,
  ...floatingIpRoutes,
  ...volumeRoutes,
  ...networkRoutes,
  ...firewallRoutes,
  ...loadBalancerRoutes,
  ...certificateRoutes,
  ...reverseDnsRoutes,
  ...catalogueRoutes,
  ['GET', '/datacenters', noDatacenters],
  ['GET', '/datacenters/{id}', noDatacenters],
];

const patterns = new Map<string, Pattern>();
for (const [method, path, handler] of routes) {
  const known = patterns.get(path);
  const pattern = known ?? {
    regex: new RegExp(`^${path.replaceAll('{id}', '(\\d{1,16})')}$`),
    handlers: {},
  };
  pattern.handlers[method] = handler;
  patterns.set(path, pattern);
}

/** The route of a path; undefined when there is none. */
export function findRoute(path: string): Match | undefined {
  for (const { regex, handlers } of patterns.values()) {
    const match = regex.exec(path);
    if (match) return { handlers, id: Number(match[1] ?? 0), subId: Number(match[2] ?? 0) };
  }
  return undefined;
}

function noDatacenters(): never {
  const announcement = 'https://docs.hetzner.cloud/changelog#2025-12-16-phasing-out-datacenters';
  throw new ApiError(410, 'deprecated_api_endpoint', 'datacenters have been removed', {
    announcement,
  });
}
