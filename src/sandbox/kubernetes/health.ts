import { noSuchPath } from './api-error.js';
import type { ApiAnswer, ApiRequest } from './request.js';

// What kube-apiserver 1.34.1 checks of itself, in its order; what only readyz has is marked.
const checks = `
ping
log
etcd
etcd-readiness (readyz)
informer-sync (readyz)
poststarthook/start-apiserver-admission-initializer
poststarthook/generic-apiserver-start-informers
poststarthook/priority-and-fairness-config-consumer
poststarthook/priority-and-fairness-filter
poststarthook/storage-object-count-tracker-hook
poststarthook/start-apiextensions-informers
poststarthook/start-apiextensions-controllers
poststarthook/crd-informer-synced
poststarthook/start-system-namespaces-controller
poststarthook/start-cluster-authentication-info-controller
poststarthook/start-kube-apiserver-identity-lease-controller
poststarthook/start-kube-apiserver-identity-lease-garbage-collector
poststarthook/start-legacy-token-tracking-controller
poststarthook/start-service-ip-repair-controllers
poststarthook/rbac/bootstrap-roles
poststarthook/scheduling/bootstrap-system-priority-classes
poststarthook/priority-and-fairness-config-producer
poststarthook/bootstrap-controller
poststarthook/start-kubernetes-service-cidr-controller
poststarthook/aggregator-reload-proxy-client-cert
poststarthook/start-kube-aggregator-informers
poststarthook/apiservice-status-local-available-controller
poststarthook/apiservice-status-remote-available-controller
poststarthook/apiservice-registration-controller
poststarthook/apiservice-discovery-controller
poststarthook/kube-apiserver-autoregistration
autoregister-completion
poststarthook/apiservice-openapi-controller
poststarthook/apiservice-openapiv3-controller
shutdown (readyz)
`;

/** How the API server says that it is well: `/readyz`, `/livez` and `/healthz`, whole or by check. */
export function health({ path, query }: ApiRequest): ApiAnswer | undefined {
  const [, whole, check] = /^\/(readyz|livez|healthz)(?:\/(.+))?$/.exec(path) ?? [];
  if (whole === undefined) return undefined;
  const names = checksOf(whole);
  if (check !== undefined && !names.includes(check)) throw noSuchPath();
  if (check !== undefined || !query.has('verbose')) return { status: 200, body: 'ok' };
  const excluded = query.getAll('exclude');
  const lines = names.map((name) =>
    excluded.includes(name) ? `[+]${name} excluded: ok\n` : `[+]${name} ok\n`,
  );
  return { status: 200, body: `${lines.join('')}${whole} check passed\n` };
}

function checksOf(whole: string): string[] {
  const all = checks.trim().split('\n');
  const own = whole === 'readyz' ? all : all.filter((line) => !line.endsWith('(readyz)'));
  return own.map((line) => line.split(' ')[0] ?? '');
}
