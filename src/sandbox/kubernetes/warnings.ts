import { inertWarning } from './coverage.js';
import { certManagerHook } from './admission/webhooks.js';
import { listOr, objectOr, stringOr, valueAt } from './json.js';
import type { ApiAnswer, ApiRequest, ResourcePath } from './request.js';
import { isBuiltinGroup, storeKey, type ResourceType } from './resources.js';

// As kube-apiserver 1.34.1 words them.
const deprecated: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

/** Adds what the API has to say of a kind: it is deprecated, or what was written does not act here. */
export function withWarnings(
  answer: ApiAnswer,
  request: ApiRequest,
  { type, subresource }: ResourcePath,
): ApiAnswer {
  const key = storeKey(type);
  const { method } = request;
  const isWrite = method !== 'GET' && method !== 'DELETE' && subresource === undefined;
  const own = isBuiltinGroup(type.group) ? inertWarning(key) : customWarning(type, request);
  const isOwn = isWrite && !isOfCilium(answer) && !isOfCertManager(answer);
  const added = [deprecated[key], isOwn ? own : undefined].filter((text) => text !== undefined);
  return added.length === 0
    ? answer
    : { ...answer, warnings: [...(answer.warnings ?? []), ...added] };
}

/**
 * Only people are told: a controller that writes its own resources is there to act on them, and the user
 * of oxide has not asked for what it applies by itself.
 */
function customWarning(
  { group, kind }: ResourceType,
  { userAgent, query }: ApiRequest,
): string | undefined {
  const isPerson = /^(kubectl|helm)\b/i.test(userAgent) && query.get('fieldManager') !== 'oxide';
  // Cilium answers for its classes, and Talos for who asks its API.
  const acts = [
    ['GatewayClass', 'gateway.networking.k8s.io'],
    ['ServiceAccount', 'talos.dev'],
    ['Issuer', 'cert-manager.io'],
    ['ClusterIssuer', 'cert-manager.io'],
  ];
  if (!isPerson || acts.some(([name, of]) => name === kind && of === group)) return undefined;
  return `the sandbox stores custom resources and has no controller that acts on a ${kind}`;
}

/** The one configuration of webhooks that acts. */
function isOfCertManager({ body }: ApiAnswer): boolean {
  return listOr(valueAt(body, ['webhooks'])).some(
    (hook) => objectOr(hook)['name'] === certManagerHook,
  );
}

/** What oxide itself installs with every create: its user has not asked for it, and docs/sandbox.md has it. */
function isOfCilium({ body }: ApiAnswer): boolean {
  return stringOr(valueAt(body, ['metadata', 'labels', 'app.kubernetes.io/part-of'])) === 'cilium';
}
