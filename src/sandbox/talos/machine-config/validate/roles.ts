import { quote } from '../layout/go-text.js';
import { list, mapping, text } from '../values.js';
import type { MachineConfig } from '../types.js';

/** Kinds that only a control plane may have (Talos v1.14.0-rc.1, config/container). */
const controlPlaneOnly = [
  'KubeAPIServerConfig',
  'KubeAdmissionControlConfig',
  'KubeAggregatorCAConfig',
  'KubeAuditPolicyConfig',
  'KubeAuthenticationConfig',
  'KubeAuthorizerConfig',
  'KubeControllerManagerConfig',
  'KubeCoreDNSConfig',
  'KubeEtcdEncryptionConfig',
  'KubeFlannelCNIConfig',
  'KubeProxyConfig',
  'KubeSchedulerConfig',
  'KubeServiceAccountConfig',
  'KubeTalosAPIAccessConfig',
];

/** What documents want of the machine, and of each other. */
export function wholeErrors({ v1alpha1, documents }: MachineConfig): string[] {
  const type = v1alpha1?.machine?.type;
  const isControlPlane = type === 'controlplane' || type === 'init';
  const kinds = documents.map(({ kind }) => kind).filter((kind) => controlPlaneOnly.includes(kind));
  const named = [...new Set(kinds)].sort().join(' ');
  const containers = documents.filter(({ kind }) => kind === 'ContainerConfig');
  const names = new Set(containers.map(({ name = '' }) => name));
  const lost = containers.flatMap(({ name = '', body }) =>
    list(mapping(body['dependsOn'])['containers'])
      .map(text)
      .filter((other) => !names.has(other))
      .map((other) => {
        const whom = `container ${quote(name)} depends on container ${quote(other)}`;
        return `${whom}, which is not configured`;
      }),
  );
  const said = 'the following document kinds are only allowed on control plane machines';
  return [...(isControlPlane || named === '' ? [] : [`${said}: [${named}]`]), ...lost];
}
