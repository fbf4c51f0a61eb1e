import { listOr, objectOr, same, stringOr, valueAt } from '../json.js';
import { metricsGroup, metricsTypes } from '../metrics/answers.js';
import { isTrue, withCondition, type Condition, type KubeObject } from '../objects.js';
import type { KubeState } from '../state.js';

export const apiServices = 'apiservices.apiregistration.k8s.io';

/**
 * Says of each API that a Service of the cluster serves whether it can be asked, and serves that of
 * a metrics server (k8s.io/kube-aggregator, pkg/controllers/status/remote).
 */
export function reconcileApiServices(state: KubeState): void {
  for (const service of state.store.list(apiServices)) {
    if (valueAt(service.spec, ['service']) !== undefined) judge(state, service);
  }
  serveAggregated(state);
}

/** What is served by others now, and what is known of and cannot be asked. */
export function serveAggregated({ store, catalogue }: KubeState): void {
  const remote = store.list(apiServices).filter(({ spec }) => valueAt(spec, ['service']));
  const isUp = (service: KubeObject): boolean => isTrue(conditionsOf(service), 'Available');
  const groupOf = ({ spec }: KubeObject): string => stringOr(valueAt(spec, ['group']));
  const isServed = remote.some((item) => isUp(item) && groupOf(item) === metricsGroup);
  const stale = remote
    .filter((item) => !isUp(item))
    .map((item) => ({ group: groupOf(item), version: stringOr(objectOr(item.spec)['version']) }));
  catalogue.setAggregated(isServed ? metricsTypes : [], stale);
}

function conditionsOf({ status }: KubeObject): readonly Condition[] | undefined {
  return valueAt(status, ['conditions']) as readonly Condition[] | undefined;
}

function judge(state: KubeState, service: KubeObject): void {
  const conditions = conditionsOf(service);
  const next = withCondition(conditions, conditionOf(state, service), state.now);
  if (same(conditions, next)) return;
  state.store.put(apiServices, { ...service, status: { conditions: next } });
}

function conditionOf(state: KubeState, service: KubeObject): Condition {
  const refused = (reason: string, message: string): Condition => ({
    ...{ type: 'Available', status: 'False', reason, message },
  });
  const { service: target, group, version } = objectOr(service.spec);
  const [name, namespace] = ['name', 'namespace'].map((key) => stringOr(objectOr(target)[key]));
  const port = Number(objectOr(target)['port'] ?? 443);
  const who = `service/${name ?? ''} in "${namespace ?? ''}"`;
  const found = state.store.get('services', name ?? '', namespace);
  if (!found) return refused('ServiceNotFound', `${who} is not present`);
  const ports = listOr(valueAt(found.spec, ['ports'])).map(objectOr);
  const own = ports.find((item) => item['port'] === port);
  if (!own) return refused('ServicePortError', `${who} is not listening on port ${port}`);
  const subsets = listOr(state.store.get('endpoints', name ?? '', namespace)?.['subsets']);
  if (!subsets.some((subset) => listOr(objectOr(subset)['addresses']).length > 0)) {
    const message = `endpointslices for ${who} have no addresses with port name "${stringOr(own['name'])}"`;
    return refused('MissingEndpoints', message);
  }
  if (group === metricsGroup) {
    return { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' };
  }
  const address = stringOr(valueAt(found.spec, ['clusterIP']));
  const url = `https://${address}:${port}/apis/${stringOr(group)}/${stringOr(version)}`;
  const why = `Get "${url}": context deadline exceeded`;
  return refused('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`);
}
