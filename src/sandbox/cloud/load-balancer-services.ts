import { invalidField, notFound } from './api-error.js';
import type { ServiceChange, ServiceWish } from './load-balancer-fields.js';
import type {
  HealthCheck,
  LoadBalancerRecord,
  LoadBalancerService,
  ServiceHttp,
} from './load-balancer-records.js';
import { assertCertificates, assertRoomFor } from './load-balancer-rules.js';
import type { Project } from './project.js';

/** The ports of a service that names none; for tcp they are demanded (assumed for the others). */
const usualPorts = { http: [80, 80], https: [443, 80] } as const;

const httpDefaults: ServiceHttp = {
  cookie_name: 'HCLBSTICKY',
  cookie_lifetime: 300,
  timeout_idle: 50,
  certificates: [],
  redirect_http: false,
  sticky_sessions: false,
};

const checkHttpDefaults = {
  domain: null,
  path: '/',
  response: '',
  status_codes: ['2??', '3??'],
  tls: false,
} as const;

/** Adds a service, with the defaults that the API fills in. */
export function addService(
  project: Project,
  balancer: LoadBalancerRecord,
  wish: ServiceWish,
): void {
  const { protocol } = wish;
  const [listen, destination] = protocol === 'tcp' ? [] : usualPorts[protocol];
  const listen_port = wish.listen_port ?? listen;
  const destination_port = wish.destination_port ?? destination;
  if (listen_port === undefined) throw invalidField('listen_port', 'must be given for tcp');
  if (destination_port === undefined) {
    throw invalidField('destination_port', 'must be given for tcp');
  }
  const bare: LoadBalancerService = {
    protocol,
    listen_port,
    destination_port,
    proxyprotocol: false,
    since: project.now,
    health_check: {
      protocol: 'tcp',
      port: destination_port,
      interval: 15,
      timeout: 10,
      retries: 3,
    },
  };
  const service = changedService(bare, { ...wish, listen_port });
  assertRoomFor(balancer, listen_port);
  assertCertificates(project, service);
  balancer.services.push(service);
}

/** Changes of a service what the wish names. */
export function updateService(
  project: Project,
  balancer: LoadBalancerRecord,
  wish: ServiceChange,
): void {
  const present = balancer.services.find(({ listen_port }) => listen_port === wish.listen_port);
  if (!present) throw notFound('service', wish.listen_port);
  const changed = changedService(present, wish);
  assertCertificates(project, changed);
  balancer.services = balancer.services.map((service) => (service === present ? changed : service));
}

function changedService(service: LoadBalancerService, wish: ServiceChange): LoadBalancerService {
  const { http, health_check: check, ...plain } = wish;
  const { http: oldHttp, ...old } = service;
  const changed = {
    ...old,
    ...given(plain),
    health_check: changedCheck(service.health_check, check),
  };
  if (changed.protocol === 'tcp') return changed;
  return { ...changed, http: { ...httpDefaults, ...oldHttp, ...given(http ?? {}) } };
}

function changedCheck(check: HealthCheck, wish: ServiceChange['health_check']): HealthCheck {
  const { http, ...plain } = wish ?? {};
  const { http: oldHttp, ...old } = check;
  const changed = { ...old, ...given(plain) };
  if (changed.protocol === 'tcp') return changed;
  return { ...changed, http: { ...checkHttpDefaults, ...oldHttp, ...given(http ?? {}) } };
}

/** Without the fields that were left out. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
