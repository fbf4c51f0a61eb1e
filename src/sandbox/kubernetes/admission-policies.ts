import { ApiError, qualified } from './api-error.js';
import { objectOr, stringOr, valueAt, type JsonObject } from './json.js';
import type { ResourceType } from './resources.js';
import type { KubeState } from './state.js';

const guard = 'safe-upgrades.gateway.networking.k8s.io';
const group = 'gateway.networking.k8s.io';

/** A write that a policy may refuse. */
export interface AdmissionRequest {
  readonly state: KubeState;
  readonly type: ResourceType;
  readonly object: JsonObject;
  /** What the write replaces. */
  readonly before: JsonObject | undefined;
}

/**
 * Refuses what a ValidatingAdmissionPolicy refuses. Expressions are not evaluated: the one policy that
 * is known is that of the Gateway API's own bundles (v1.6.1), by its name and its binding.
 */
export function checkAdmission(request: AdmissionRequest): void {
  const { state, type, object } = request;
  if (type.kind !== 'CustomResourceDefinition') return;
  if (valueAt(object, ['spec', 'group']) !== group || !isBound(state)) return;
  const annotation = (of: JsonObject | undefined, key: string): string =>
    stringOr(objectOr(valueAt(of ?? {}, ['metadata', 'annotations']))[`${group}/${key}`]);
  const keepsChannel =
    request.before === undefined ||
    annotation(object, 'channel') === 'standard' ||
    annotation(request.before, 'channel') === 'experimental';
  if (!keepsChannel) throw denied(type, object, experimentalMessage);
  const bundle = annotation(object, 'bundle-version');
  const isOld = /v1.[0-5].\d+/.test(bundle) || bundle.includes('v0');
  if (bundle === '' || (isOld && !bundle.includes('-rc'))) throw denied(type, object, olderMessage);
}

const experimentalMessage = `Installing experimental CRDs on top of standard channel CRDs is prohibited by default. Uninstall ValidatingAdmissionPolicy ${guard} to install experimental CRDs on top of standard channel CRDs.`;
const olderMessage = `Installing CRDs with version before v1.5.0 is prohibited by default. Uninstall ValidatingAdmissionPolicy ${guard} to install older versions.`;

function isBound({ store }: KubeState): boolean {
  const policies = store.list('validatingadmissionpolicies.admissionregistration.k8s.io');
  const bindings = store.list('validatingadmissionpolicybindings.admissionregistration.k8s.io');
  return (
    policies.some(({ metadata }) => metadata.name === guard) &&
    bindings.some((binding) => valueAt(binding, ['spec', 'policyName']) === guard)
  );
}

/** As the API server puts it (Kubernetes 1.34, plugin/policy/validating/dispatcher.go). */
function denied(type: ResourceType, object: JsonObject, why: string): ApiError {
  const name = stringOr(valueAt(object, ['metadata', 'name']));
  const message = `ValidatingAdmissionPolicy '${guard}' with binding '${guard}' denied request: ${why}`;
  return new ApiError(422, 'Invalid', `${qualified(type)} "${name}" is forbidden: ${message}`, {
    ...{ name, group: type.group, kind: type.plural },
    causes: [{ message }],
  });
}
