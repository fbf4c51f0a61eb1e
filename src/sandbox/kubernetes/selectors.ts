import { badRequest } from './api-error.js';
import { valueAt } from './json.js';
import type { KubeObject, Labels, LabelSelector, Requirement } from './objects.js';

/** A question that an object answers with yes or no. */
export type Predicate = (object: KubeObject) => boolean;

/** Whether labels meet one requirement of a selector or of a node affinity. */
export function meets(labels: Labels, { key, operator, values = [] }: Requirement): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

export function selects(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false;
  const present = labels ?? {};
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => present[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(present, requirement))
  );
}

/** `a=b,c!=d,e in (f,g),h,!i`, as in the query of a list. */
export function parseLabelSelector(selector: string): Predicate {
  const requirements = selector.split(/,(?![^(]*\))/).flatMap((part) => {
    const trimmed = part.trim();
    return trimmed === '' ? [] : [parseRequirement(trimmed)];
  });
  return (object) =>
    requirements.every((requirement) => meets(object.metadata.labels ?? {}, requirement));
}

function parseRequirement(part: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (set) {
    const [, key = '', word, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return { key, operator: word === 'in' ? 'In' : 'NotIn', values };
  }
  const equality = /^([^\s!=]+)\s*(!=|==?)\s*([^\s=!]*)$/.exec(part);
  if (equality) {
    const [, key = '', sign, value = ''] = equality;
    return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const presence = /^(!?)\s*([A-Za-z0-9][\w./-]*)$/.exec(part);
  if (presence) {
    return { key: presence[2] ?? '', operator: presence[1] === '!' ? 'DoesNotExist' : 'Exists' };
  }
  throw badRequest(`unable to parse requirement: couldn't parse the selector string "${part}"`);
}

// What the real API server can filter by; all other fields are refused.
const selectableFields: Record<string, readonly string[]> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Secret: ['type'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
  CertificateSigningRequest: ['spec.signerName'],
  Service: ['spec.clusterIP', 'spec.type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** `metadata.name=x,spec.nodeName!=y`. */
export function parseFieldSelector(selector: string, kind: string): Predicate {
  const terms = selector
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [, field, sign, value] = /^([^!=]+)(!=|==?)(.*)$/.exec(part) ?? [];
      if (field === undefined)
        throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const known = ['metadata.name', 'metadata.namespace', ...(selectableFields[kind] ?? [])];
      if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
      return { path: field.split('.'), wanted: sign !== '!=', value };
    });
  return (object) =>
    terms.every(({ path, wanted, value }) => (asText(valueAt(object, path)) === value) === wanted);
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
