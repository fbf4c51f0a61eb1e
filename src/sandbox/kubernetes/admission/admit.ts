import { forbidden, invalid } from '../api-error.js';
import { resizeRefusal } from '../claim-rules.js';
import { isObject, listOr, same, valueAt } from '../json.js';
import type { KubeObject } from '../objects.js';
import type { ResourceType } from '../resources.js';
import type { KubeState } from '../state.js';
import type { Pod } from '../workloads.js';
import { podSecurityWarning } from './pod-security.js';
import { podRefusal } from './pods.js';
import { serviceCauses } from './services.js';
import { callWebhooks } from './webhooks.js';

interface Written {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** What it replaces. */
  readonly before?: KubeObject;
  readonly warn: (text: string) => void;
}

/** What the API server's admission plugins refuse, or warn of, before an object is stored. */
export function admit(state: KubeState, { type, object, before, warn }: Written): void {
  const { namespace } = object.metadata;
  callWebhooks(state, { type, namespace, operation: before ? 'UPDATE' : 'CREATE' });
  if (type.kind === 'Pod') {
    // Of a pod that exists, only its images can still change.
    if (before && same(imagesOf(before), imagesOf(object))) return;
    const refusal = podRefusal(state, object as Pod);
    if (refusal !== undefined) throw forbidden(type, object.metadata.name, refusal);
  }
  if (type.kind === 'Service' && type.group === '') {
    const causes = serviceCauses(state, { object, before });
    if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
  }
  if (type.kind === 'PersistentVolumeClaim' && before) {
    const refusal = resizeRefusal(state, before, object);
    if (refusal !== undefined) throw forbidden(type, object.metadata.name, refusal);
  }
  const warning = podSecurityWarning(state, object);
  if (warning !== undefined) warn(warning);
}

function imagesOf({ spec }: KubeObject): unknown[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listOr(valueAt(spec, [list]))
      .filter(isObject)
      .map(({ image }) => image),
  );
}
