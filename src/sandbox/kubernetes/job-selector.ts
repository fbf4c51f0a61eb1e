import { objectOr, type JsonObject } from './json.js';
import type { KubeObject, Labels } from './objects.js';

/** A new Job with the selector and the labels that tell its pods from all others: made of its uid. */
export function withJobSelector<T extends KubeObject>(object: T): T {
  const spec = objectOr(object.spec);
  if (object.kind !== 'Job' || spec['manualSelector'] === true) return object;
  const { name, uid } = object.metadata;
  const template = objectOr(spec['template']);
  const metadata = objectOr(template['metadata']);
  const labels: JsonObject = {
    ...objectOr(metadata['labels']),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  // Jobs without labels of their own bear those of their pods.
  const own = object.metadata.labels ?? (labels as Labels);
  return {
    ...object,
    metadata: { ...object.metadata, labels: own },
    spec: {
      ...spec,
      manualSelector: false,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}
