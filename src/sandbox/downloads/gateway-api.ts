import {
  age,
  experimental,
  standard,
  type Column,
  type Resource,
  type Version,
} from './gateway-resources.js';
import { safeUpgrades } from './safe-upgrades.js';

/** The schemas of these definitions accept any `spec` and `status`. */

/** The text of `standard-install.yaml`, or undefined when that release is not known. */
export function standardInstall(release: string): string | undefined {
  return installBundle(release, 'standard');
}

/** The same of any channel. The policy is of the standard bundle; that of the other one has other words for older releases. */
export function installBundle(release: string, channel: string): string | undefined {
  const resources = channels[channel]?.get(release);
  if (!resources) return undefined;
  const texts = resources.map((resource) => definition(resource, { release, channel }));
  return [...texts, ...(guarded.includes(release) ? [safeUpgrades(release)] : [])]
    .map((text) => `---\n${text}`)
    .join('');
}

const channels: Readonly<Record<string, ReadonlyMap<string, readonly Resource[]>>> = {
  standard,
  experimental,
};
/** Releases that bring the policy. */
const guarded: readonly string[] = ['v1.6.1'];

interface Bundle {
  readonly release: string;
  readonly channel: string;
}

function definition(resource: Resource, { release, channel }: Bundle): string {
  const { kind, plural, shortName, scope = 'Namespaced', columns = [], versions } = resource;
  const { group = 'gateway.networking.k8s.io' } = resource;
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/4530
    gateway.networking.k8s.io/bundle-version: ${release}
    gateway.networking.k8s.io/channel: ${channel}
  name: ${plural}.${group}
spec:
  group: ${group}
  names:
    categories: [gateway-api]
    kind: ${kind}
    listKind: ${kind}List
    plural: ${plural}
    singular: ${kind.toLowerCase()}${shortName ? `\n    shortNames: [${shortName}]` : ''}
  scope: ${scope}
  versions:
${versions.map((version, index) => versionOf(version, index === 0, [...columns, age])).join('')}`;
}

function versionOf(version: Version, stored: boolean, columns: readonly Column[]): string {
  const columnLines = columns.map(
    ({ name, path, type = 'string' }) =>
      `        - {name: ${name}, type: ${type}, jsonPath: '${path}'}\n`,
  );
  return `    - name: ${version.name}
      served: ${String(version.served)}
      storage: ${String(stored)}
      subresources: {status: {}}
      additionalPrinterColumns:
${columnLines.join('')}      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;
}
