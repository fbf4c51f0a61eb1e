import type {
  HealthCheck,
  LoadBalancerRecord,
  LoadBalancerService,
  LoadBalancerTarget,
} from './load-balancer-records.js';
import { admits } from './machine-room.js';
import type { Project } from './project.js';
import type { ServerRecord } from './records.js';

interface Probe {
  readonly balancer: LoadBalancerRecord;
  readonly target: LoadBalancerTarget;
  readonly server: ServerRecord;
}

/** What a load balancer thinks of a server, service by service. */
export function healthOf(project: Project, probe: Probe): object[] {
  return probe.balancer.services.map((service) => {
    const { listen_port } = service;
    if (isUnknown(project, probe, service)) return { listen_port, status: 'unknown' };
    const failure = failureOf(project, probe, service.health_check);
    return failure
      ? { listen_port, status: 'unhealthy', ...failure }
      : { listen_port, status: 'healthy' };
  });
}

/**
 * Until the first check is over. From then on health follows the target at once, where the real one
 * takes `retries` checks to change its mind.
 */
function isUnknown({ now }: Project, { target }: Probe, service: LoadBalancerService): boolean {
  const begun = Math.max(target.since, service.since);
  return now < begun + service.health_check.interval * 1_000;
}

interface Failure {
  readonly detail: string;
  readonly http_status_code?: number;
}

function failureOf(project: Project, probe: Probe, check: HealthCheck): Failure | undefined {
  const { balancer, target, server } = probe;
  const { port, http } = check;
  const source = project.primaryIps.find(balancer.ipv4)?.address ?? '';
  if (server.poweredOnAt === null) return { detail: 'layer4_timeout' };
  if (!target.usePrivateIp && !admits(project, server.id, { source, port })) {
    return { detail: 'layer4_timeout' };
  }
  const listener = project.listening(server.id, port);
  if (!listener) return { detail: 'layer4_no_connection' };
  if (check.protocol === 'tcp' || !http) return undefined;
  // A server that expects TLS answers 400 to plain HTTP (Go source, net/http/server.go).
  const status = listener.tls && !http.tls ? 400 : listener.status;
  if (status === undefined || (http.tls && !listener.tls)) return { detail: 'unspecified' };
  if (http.status_codes.some((pattern) => fits(status, pattern))) return undefined;
  return { detail: 'unexpected_http_status', http_status_code: status };
}

/** A pattern such as `2??`: `?` stands for one character, `*` for any number of them. */
function fits(status: number, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[^?*\d]/g, '')
    .replaceAll('?', '.')
    .replaceAll('*', '.*');
  return new RegExp(`^${expression}$`).test(String(status));
}
