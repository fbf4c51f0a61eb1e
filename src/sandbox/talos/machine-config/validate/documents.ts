import { layoutOf } from '../layout/layout.js';
import type { ConfigDocument, MachineConfig } from '../types.js';
import { list, mapping, text, type Mapping } from '../values.js';
import { imageRuleErrors, imageRuleWarnings } from './image-rules.js';
import { bondWarnings, linkChecks } from './links.js';
import { networkChecks } from './network.js';
import { serviceChecks } from './services.js';
import { volumeChecks } from './volumes.js';

type Check = (document: ConfigDocument) => string[];

const checks: Readonly<Record<string, Check>> = {
  ...linkChecks,
  ...networkChecks,
  ...serviceChecks,
  ...volumeChecks,
  ImageVerificationConfig: ({ body }) => imageRuleErrors(body),
};

/** What is wrong with the documents besides v1alpha1, and where they contradict it. */
export function documentErrors(config: MachineConfig, talosVersion: string): string[] {
  const layout = layoutOf(talosVersion);
  const errors = config.documents.flatMap((document) => {
    const found = checks[document.kind]?.(document) ?? [];
    // A kind whose documents have names shows also that one has none.
    const isNamed = layout.document(document.kind, 'v1alpha1')?.fields['name'] !== undefined;
    const id = isNamed ? `${document.kind}/${document.name ?? ''}` : document.kind;
    return found.length > 0 ? [`${id}: ${found.join('\n')}`] : [];
  });
  return [...errors, ...conflicts(config)];
}

/** What is only odd about the documents. */
export function documentWarnings(config: MachineConfig): string[] {
  return config.documents.flatMap(({ kind, body }) => {
    if (kind === 'BondConfig') return bondWarnings(body);
    return kind === 'ImageVerificationConfig' ? imageRuleWarnings(body) : [];
  });
}

/** A document may not set what the older section of v1alpha1 sets as well. */
function conflicts({ v1alpha1, documents }: MachineConfig): string[] {
  if (!v1alpha1) return [];
  const machine = mapping(v1alpha1.machine);
  return documents.flatMap(({ kind, name, body }) => {
    const conflict = conflictOf[kind]?.(machine, { name: name ?? '', body });
    return conflict === undefined ? [] : [conflict];
  });
}

type Conflict = (
  machine: Mapping,
  document: { readonly name: string; readonly body: Mapping },
) => string | undefined;

const conflictOf: Readonly<Record<string, Conflict>> = {
  HostnameConfig: (machine) => {
    if (text(mapping(machine['network'])['hostname']) !== '') {
      return 'static hostname is already set in v1alpha1 config';
    }
    const isStable = mapping(machine['features'])['stableHostname'] === true;
    return isStable ? 'stable hostname is already set in v1alpha1 config' : undefined;
  },
  KubeSpanConfig: (machine) =>
    mapping(machine['network'])['kubespan'] === undefined
      ? undefined
      : 'kubespan is already configured in v1alpha1 machine.network.kubespan',
  ResolverConfig: (machine) => {
    const network = mapping(machine['network']);
    const field =
      network['searchDomains'] !== undefined
        ? 'searchDomains'
        : list(network['nameservers']).length > 0
          ? 'nameservers'
          : network['disableSearchDomain'] === true
            ? 'disableSearchDomain'
            : undefined;
    return field && `.machine.network.${field} is already set in v1alpha1 config`;
  },
  TimeSyncConfig: ({ time }) => {
    const { disabled, servers, bootTimeout } = mapping(time);
    const both = 'in both v1alpha1 and new-style configuration';
    if (disabled === true) return `time sync cannot be disabled ${both}`;
    if (list(servers).length > 0) return `time servers cannot be specified ${both}`;
    const hasTimeout = !['', '0', '0s'].includes(text(bootTimeout));
    return hasTimeout ? `boot timeout cannot be specified ${both}` : undefined;
  },
  VolumeConfig: (machine, { name, body }) => {
    if (name !== 'STATE' && name !== 'EPHEMERAL') return undefined;
    const isEncrypted = text(mapping(body['encryption'])['provider']) === 'luks2';
    const legacy = mapping(machine['systemDiskEncryption'])[name.toLowerCase()];
    return isEncrypted && legacy !== undefined
      ? `system disk encryption for "${name}" is configured in both v1alpha1.Config and VolumeConfig`
      : undefined;
  },
};
