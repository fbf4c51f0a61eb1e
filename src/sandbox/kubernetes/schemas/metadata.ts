import {
  anything,
  fields,
  flag,
  integer,
  keyedList,
  listOf,
  setOf,
  text,
  textMap,
  texts,
} from './schema.js';

const ownerReference = fields(
  {
    apiVersion: text,
    kind: text,
    name: text,
    uid: text,
    controller: flag,
    blockOwnerDeletion: flag,
  },
  ['apiVersion', 'kind', 'name', 'uid'],
);

export const metadata = fields({
  name: text,
  generateName: text,
  namespace: text,
  labels: textMap,
  annotations: textMap,
  finalizers: setOf(text),
  ownerReferences: keyedList(ownerReference, 'uid'),
  uid: text,
  resourceVersion: text,
  generation: integer,
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: integer,
  selfLink: text,
  managedFields: anything,
});

const requirement = fields({ key: text, operator: text, values: texts }, ['key', 'operator']);

export const requirements = listOf(requirement);

export const labelSelector = {
  ...fields({ matchLabels: textMap, matchExpressions: requirements }),
  'x-kubernetes-map-type': 'atomic',
};
