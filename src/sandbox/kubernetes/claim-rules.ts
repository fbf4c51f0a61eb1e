import type { Cause } from './api-error.js';
import { objectOr, omit, same, stringOr, valueAt, type JsonObject } from './json.js';
import type { KubeObject } from './objects.js';
import { amountOf } from './quantity.js';
import type { KubeState } from './state.js';

const wanted = ['spec', 'resources', 'requests', 'storage'];
const forbidden = (field: string, why: string): Cause => ({
  ...{ reason: 'FieldValueForbidden', field },
  message: `Forbidden: ${why}`,
});

/** What may not change of a claim (Kubernetes source, ValidatePersistentVolumeClaimUpdate). */
export function claimChangeCauses(before: JsonObject, after: JsonObject): Cause[] {
  const isBound = valueAt(after, ['status', 'phase']) === 'Bound';
  const fixed = (claim: JsonObject): unknown => {
    const spec = objectOr(claim['spec']);
    const resources = objectOr(spec['resources']);
    const kept = { ...resources, requests: omit(objectOr(resources['requests']), ['storage']) };
    const free = ['volumeAttributesClassName', 'resources'];
    const hadVolume = stringOr(valueAt(before, ['spec', 'volumeName'])) !== '';
    const whole = hadVolume ? spec : omit(spec, ['volumeName']);
    return isBound ? { ...omit(whole, free), resources: kept } : whole;
  };
  const immutable =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n';
  const [old, next] = [before, after].map((claim) => amountOf(valueAt(claim, wanted)));
  const given = amountOf(valueAt(before, ['status', 'capacity', 'storage']));
  const isSmaller = (next ?? 0) < (old ?? 0) && (next ?? 0) <= given;
  return [
    ...(same(fixed(before), fixed(after)) ? [] : [forbidden('spec', immutable)]),
    ...(isSmaller
      ? [forbidden(wanted.join('.'), 'field can not be less than status.capacity')]
      : []),
  ];
}

/** Why a claim may not become larger (plugin/pkg/admission/storage/persistentvolume/resize). */
export function resizeRefusal(
  state: KubeState,
  before: KubeObject,
  after: KubeObject,
): string | undefined {
  if (amountOf(valueAt(after, wanted)) <= amountOf(valueAt(before, wanted))) return undefined;
  if (valueAt(before, ['status', 'phase']) !== 'Bound') {
    return 'Only bound persistent volume claims can be expanded';
  }
  const name = stringOr(valueAt(after, ['spec', 'storageClassName']));
  const found = state.store.get('storageclasses.storage.k8s.io', name);
  if (found?.['allowVolumeExpansion'] === true) return undefined;
  return 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
}
