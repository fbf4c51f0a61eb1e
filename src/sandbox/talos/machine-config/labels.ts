const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What is wrong with node labels, in Talos' words. */
export function labelErrors(labels: Readonly<Record<string, string>>): string[] {
  return sortedEntries(labels).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key),
    ...labelValueErrors(value),
  ]);
}

/** What is wrong with the names of node annotations. */
export function annotationErrors(annotations: Readonly<Record<string, string>>): string[] {
  return sortedEntries(annotations).flatMap(([key]) => [
    ...qualifiedNameErrors(key),
    ...(reserved.includes(key) ? [`annotation "${key}" is reserved`] : []),
  ]);
}

/** What is wrong with node taints; their form is `key: value:Effect` or `key: Effect`. */
export function taintErrors(taints: Readonly<Record<string, string>>): string[] {
  return sortedEntries(taints).flatMap(([key, text]) => {
    const nameErrors = qualifiedNameErrors(key);
    if (nameErrors.length > 0) return nameErrors;
    const { value, effect } = splitTaint(text);
    if (!effects.includes(effect)) return [`invalid taint effect: "${effect}"`];
    return labelValueErrors(value);
  });
}

/** `value:Effect` or `Effect`. */
export function splitTaint(text: string): { value: string; effect: string } {
  const colon = text.indexOf(':');
  return colon < 0
    ? { value: '', effect: text }
    : { value: text.slice(0, colon), effect: text.slice(colon + 1) };
}

function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What is wrong with a name that must be that of a DNS subdomain. */
export function subdomainObjection(value: string): string | undefined {
  if (value.length > 253) return `domain name length exceeds limit of 253: "${value}"`;
  return dnsSubdomain.test(value) ? undefined : `domain doesn't match required format: "${value}"`;
}

const reserved = [
  'talos.dev/owned-annotations',
  'talos.dev/owned-labels',
  'talos.dev/owned-taints',
];

function qualifiedNameErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) return [`invalid format: too many slashes: "${value}"`];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') return [`prefix cannot be empty: "${value}"`];
  const why = prefix === undefined ? undefined : subdomainObjection(prefix);
  if (why !== undefined) return [`prefix "${prefix ?? ''}" is invalid: ${why}`];
  if (name === '') return [`name cannot be empty: "${value}"`];
  if (name.length > 63) return [`name is too long: "${value}" (limit is 63)`];
  return qualifiedName.test(name) ? [] : [`name "${name}" is invalid`];
}

function labelValueErrors(value: string): string[] {
  if (value.length > 63) return [`label value length exceeds limit of 63: "${value}"`];
  return value === '' || qualifiedName.test(value) ? [] : [`label value "${value}" is invalid`];
}
