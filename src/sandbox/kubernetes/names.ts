import type { Cause } from './api-error.js';
import { isObject, objectOr } from './json.js';
import type { ResourceType } from './resources.js';

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for " +
  "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must " +
  "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for " +
  "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or " +
  "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with " +
  "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for " +
  "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What is wrong with an object's name, labels and annotations. */
export function metadataCauses(type: ResourceType, metadata: object): Cause[] {
  const { name, labels, annotations } = metadata as Record<string, unknown>;
  return [
    ...nameCauses(type, typeof name === 'string' ? name : ''),
    ...Object.entries(objectOr(labels)).flatMap(([key, value]) => [
      ...keyCauses('metadata.labels', key),
      ...labelValueCauses(value),
    ]),
    ...(isObject(annotations) ? Object.keys(annotations) : []).flatMap((key) =>
      keyCauses('metadata.annotations', key.toLowerCase()),
    ),
  ];
}

function nameCauses(type: ResourceType, name: string): Cause[] {
  const field = 'metadata.name';
  const wrong = (why: string): Cause[] => [
    {
      reason: 'FieldValueInvalid',
      field,
      message: `Invalid value: ${JSON.stringify(name)}: ${why}`,
    },
  ];
  if (name === '') {
    const message = 'Required value: name or generateName is required';
    return [{ reason: 'FieldValueRequired', field, message }];
  }
  // Names of roles are path segments: "system:node".
  if (type.group === 'rbac.authorization.k8s.io') {
    return /[/%]/.test(name) || name === '.' || name === '..'
      ? wrong("may not contain '/' or '%'")
      : [];
  }
  if (type.kind === 'Namespace' || type.kind === 'Service') {
    if (name.length > 63) return wrong('must be no more than 63 characters');
    return dnsLabel.test(name) ? [] : wrong(labelRule);
  }
  if (name.length > 253) return wrong('must be no more than 253 characters');
  return dnsSubdomain.test(name) ? [] : wrong(subdomainRule);
}

function keyCauses(field: string, key: string): Cause[] {
  const slash = key.indexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  const wrong = (why: string): Cause[] => [
    {
      reason: 'FieldValueInvalid',
      field,
      message: `Invalid value: ${JSON.stringify(key)}: ${why}`,
    },
  ];
  if (prefix !== undefined && !dnsSubdomain.test(prefix))
    return wrong(`prefix part ${subdomainRule}`);
  if (name.length > 63) return wrong('name part must be no more than 63 characters');
  return qualifiedName.test(name) ? [] : wrong(qualifiedNameRule);
}

function labelValueCauses(value: unknown): Cause[] {
  if (typeof value !== 'string') return [];
  const message = `Invalid value: ${JSON.stringify(value)}: `;
  const cause = { reason: 'FieldValueInvalid', field: 'metadata.labels' };
  if (value.length > 63)
    return [{ ...cause, message: `${message}must be no more than 63 characters` }];
  if (value === '' || qualifiedName.test(value)) return [];
  return [{ ...cause, message: message + labelValueRule }];
}
