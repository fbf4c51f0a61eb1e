import type { BalancerService } from '../state/load-balancer.js';
import { apis } from './firewall-limits.js';

/** A service of oxide's own. */
export interface WantedService extends BalancerService {
  readonly protocol: 'tcp';
  readonly health_check: BalancerService['health_check'] & { readonly protocol: 'tcp' | 'http' };
}

/** A control plane that dies gets no traffic any more after a quarter of a minute. */
const patience = { interval: 5, timeout: 3, retries: 3 } as const;

/**
 * An API server that is up answers a stranger with 401, because Talos switches anonymous access off;
 * one that still starts, or waits for etcd, does not answer at all or with 500.
 */
const isAlive = { path: '/version', status_codes: ['2??', '401', '403'], tls: true } as const;

/** The two APIs of the control planes. The Talos API has no page to look at: that it listens has to do. */
export const wantedServices: readonly WantedService[] = apis.map(({ port: text }) => {
  const port = Number(text);
  const check =
    port === 6443 ? ({ protocol: 'http', http: isAlive } as const) : ({ protocol: 'tcp' } as const);
  return {
    ...{ protocol: 'tcp', listen_port: port, destination_port: port, proxyprotocol: false },
    health_check: { ...check, port, ...patience },
  };
});

/** A service in a few words; services with the same text are the same. */
export function serviceText(service: BalancerService): string {
  const { protocol, listen_port, destination_port, proxyprotocol, health_check: check } = service;
  const { http } = check;
  const asks = http
    ? `${http.tls ? 'https' : 'http'} ${http.path} (${[...http.status_codes].sort().join(', ')})`
    : 'tcp';
  const times = `every ${check.interval}s for ${check.timeout}s, ${check.retries} times`;
  return [
    `${protocol} ${listen_port} to ${destination_port}`,
    ...(proxyprotocol ? ['with the proxy protocol'] : []),
    `checked by ${asks} at ${check.port} ${times}`,
  ].join(', ');
}
