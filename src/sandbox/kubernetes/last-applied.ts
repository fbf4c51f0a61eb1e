import { changedFields, difference, fieldsOf, type FieldSet } from './field-set.js';
import { isObject, omit, stringOr, valueAt } from './json.js';
import { ownable, type Manager } from './managed-fields.js';
import type { KubeObject } from './objects.js';
import type { Schema } from './schemas/schema.js';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What kubectl's client-side apply set and nobody has changed since: kubectl's server-side apply may
 * take it over without a conflict (apimachinery, managedfields/internal/lastappliedmanager.go).
 */
export function takenFromClientSide(live: KubeObject, manager: Manager, schema: Schema): FieldSet {
  const last = parsed(live.metadata.annotations?.[annotation]);
  if (manager.name !== 'kubectl' || !isObject(last) || last['apiVersion'] !== live.apiVersion) {
    return {};
  }
  const content = ownable(last);
  return difference(fieldsOf(content, schema), changedFields(content, ownable(live), schema));
}

/** Keeps the annotation up to date, so that a later client-side apply knows what was applied. */
export function withLastApplied(
  live: KubeObject,
  next: KubeObject,
  { manager, wanted }: { readonly manager: Manager; readonly wanted: object },
): KubeObject {
  if (manager.name !== 'kubectl' || !live.metadata.annotations?.[annotation]) return next;
  const annotations = valueAt(wanted, ['metadata', 'annotations']);
  const own = isObject(annotations) ? { annotations: omit(annotations, [annotation]) } : {};
  const metadata = { ...(valueAt(wanted, ['metadata']) as object), ...own };
  const text = `${JSON.stringify({ ...wanted, metadata })}\n`;
  const all = { ...next.metadata.annotations, [annotation]: text };
  return { ...next, metadata: { ...next.metadata, annotations: all } };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(stringOr(text, 'null'));
  } catch {
    return undefined;
  }
}
