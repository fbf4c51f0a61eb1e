import { ApiError } from '../api-error.js';
import { isObject, listOr, objectOr, stringOr, valueAt, type JsonObject } from '../json.js';
import { programOf } from '../programs/program.js';
import type { ResourceType } from '../resources.js';
import { selects } from '../selectors.js';
import type { KubeState } from '../state.js';
import { isReady } from '../workloads.js';

const group = 'admissionregistration.k8s.io';
const configurations = ['mutating', 'validating'].map(
  (kind) => `${kind}webhookconfigurations.${group}`,
);

/** The only one that is called: cert-manager's. */
export const certManagerHook = 'webhook.cert-manager.io';

/** A write that a webhook may be asked about. */
interface Write {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
}

/**
 * Asks the webhooks that want to see a write, and refuses it when one cannot be reached
 * (k8s.io/apiserver, pkg/admission/plugin/webhook; a Service that is missing as Kubernetes 1.34.1 says it, the other words are
 * those of cert-manager's documentation, content/docs/troubleshooting/webhook.md).
 */
export function callWebhooks(state: KubeState, write: Write): void {
  for (const resource of configurations) {
    for (const configuration of state.store.list(resource)) {
      for (const hook of listOr(configuration['webhooks']).filter(isObject)) {
        if (hook['name'] !== certManagerHook || !wants(state, hook, write)) continue;
        const problem = problemOf(state, hook);
        if (problem !== undefined && hook['failurePolicy'] !== 'Ignore')
          throw unreached(hook, problem);
      }
    }
  }
}

function wants(state: KubeState, hook: JsonObject, { type, namespace, operation }: Write): boolean {
  const has = (list: unknown, value: string): boolean =>
    listOr(list).includes('*') || listOr(list).includes(value);
  const isAsked = listOr(hook['rules'])
    .filter(isObject)
    .some(
      ({ apiGroups, apiVersions, operations, resources }) =>
        has(apiGroups, type.group) &&
        has(apiVersions, type.version) &&
        has(operations, operation) &&
        (has(resources, type.plural) || listOr(resources).includes('*/*')),
    );
  const selector = hook['namespaceSelector'];
  if (!isAsked || namespace === undefined || !isObject(selector)) return isAsked;
  const labels = state.store.get('namespaces', namespace)?.metadata.labels;
  return selects(selector, labels);
}

/** Why the webhook cannot be asked now; undefined when it answers. */
function problemOf(state: KubeState, hook: JsonObject): string | undefined {
  const { service, caBundle } = objectOr(hook['clientConfig']);
  const { name, namespace, port = 443 } = objectOr(service);
  const found = state.store.get('services', stringOr(name), stringOr(namespace));
  if (!found) return `service "${stringOr(name)}" not found`;
  const selector = objectOr(valueAt(found.spec, ['selector']));
  const isUp = state.store
    .list('pods', stringOr(namespace))
    .some(
      (pod) =>
        isReady(pod) &&
        pod.spec.containers.some((container) => programOf(container) === 'cert-manager-webhook') &&
        Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value),
    );
  const address = stringOr(valueAt(found.spec, ['clusterIP']));
  if (!isUp) return `dial tcp ${address}:${Number(port)}: connect: connection refused`;
  if (stringOr(caBundle) !== '') return undefined;
  return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
}

function unreached(hook: JsonObject, problem: string): ApiError {
  const { name, namespace, path, port = 443 } = objectOr(objectOr(hook['clientConfig'])['service']);
  const host = `${stringOr(name)}.${stringOr(namespace)}.svc:${Number(port)}`;
  const url = `https://${host}${stringOr(path)}?timeout=${Number(hook['timeoutSeconds'] ?? 10)}s`;
  const why = `failed calling webhook "${stringOr(hook['name'])}": failed to call webhook: Post "${url}": ${problem}`;
  return new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  });
}
