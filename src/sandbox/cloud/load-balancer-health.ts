import type {
  HealthCheck,
  LoadBalancerRecord,
  LoadBalancerService,
  LoadBalancerTarget,
  TargetFailure,
} from './load-balancer-records.js';
import { serversOf } from './load-balancer-rules.js';
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
    const health = thoughtOf(project, probe, service);
    return typeof health === 'string'
      ? { listen_port, status: health }
      : { listen_port, status: 'unhealthy', ...health };
  });
}

/** Whether a server gets traffic at a service: not before it was found well. */
export function getsTraffic(project: Project, probe: Probe, service: LoadBalancerService): boolean {
  return thoughtOf(project, probe, service) === 'healthy';
}

/** The ports of which it costs nothing to know who listens there. */
const watched = [6443, 50_000];

/** Looks at all targets, as the load balancers do all the time: see `thoughtOf`. */
export function checkTargets(project: Project): void {
  for (const balancer of project.loadBalancers.all()) {
    const services = balancer.services.filter(({ health_check: { port } }) =>
      watched.includes(port),
    );
    for (const target of services.length > 0 ? balancer.targets : []) {
      for (const server of serversOf(project, target)) {
        for (const service of services) thoughtOf(project, { balancer, target, server }, service);
      }
    }
  }
}

/**
 * Unknown until the first check is over. From then on what is seen counts when it was so for as many
 * checks as the service has retries. Between two looks it is taken to have changed after the first.
 */
function thoughtOf(
  project: Project,
  probe: Probe,
  service: LoadBalancerService,
): 'unknown' | 'healthy' | TargetFailure {
  const { target, server } = probe;
  const { now } = project;
  const { interval, retries } = service.health_check;
  const begun = Math.max(target.since, service.since);
  if (now < begun + interval * 1_000) return 'unknown';
  const failure = failureOf(project, probe, service.health_check) ?? null;
  const key = `${server.id}:${service.listen_port}:${service.since}`;
  const known = target.seen?.[key];
  const isSame = known !== undefined && (known.failure === null) === (failure === null);
  const isSettled = known !== undefined && now - known.at >= retries * interval * 1_000;
  if (known === undefined || isSame || isSettled) {
    target.seen = { ...target.seen, [key]: { failure, at: now } };
    return failure ?? 'healthy';
  }
  return known.failure ?? 'healthy';
}

function failureOf(project: Project, probe: Probe, check: HealthCheck): TargetFailure | undefined {
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
