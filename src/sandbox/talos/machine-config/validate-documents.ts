import type { ConfigDocument, MachineConfig } from './types.js';
import { userVolumeErrors, watchdogErrors } from './validate-volumes.js';

const checks: Readonly<Record<string, (document: ConfigDocument) => string[]>> = {
  HostnameConfig: hostnameErrors,
  UserVolumeConfig: userVolumeErrors,
  WatchdogTimerConfig: watchdogErrors,
};

/** What is wrong with the documents besides v1alpha1, and where they contradict it. */
export function documentErrors(config: MachineConfig): string[] {
  const errors = config.documents.flatMap((document) => {
    const found = checks[document.kind]?.(document) ?? [];
    // A kind whose documents have names shows also that one has none.
    const named = document.name !== undefined || document.kind === 'UserVolumeConfig';
    const id = named ? `${document.kind}/${document.name ?? ''}` : document.kind;
    return found.length > 0 ? [`${id}: ${found.join('\n')}`] : [];
  });
  return [...errors, ...conflicts(config)];
}

function hostnameErrors(document: ConfigDocument): string[] {
  const errors: string[] = [];
  const { auto } = document.body;
  const hostname = typeof document.body['hostname'] === 'string' ? document.body['hostname'] : '';
  if (auto === undefined && hostname === '') {
    errors.push("either 'auto' or 'hostname' must be set");
  }
  if (auto !== undefined && auto !== 'off' && hostname !== '') {
    errors.push("'auto' and 'hostname' cannot be set at the same time");
  }
  if (auto === 'addr') errors.push("invalid value for 'auto': addr");
  if (hostname.length > 253) errors.push(`fqdn is too long: ${hostname.length}`);
  const [host = ''] = hostname.split('.');
  if (hostname !== '' && (host === '' || host.length > 63)) {
    errors.push(`invalid hostname "${host}"`);
  }
  return errors;
}

/** A document may not set what the older section of v1alpha1 sets as well. */
function conflicts(config: MachineConfig): string[] {
  const { machine } = config.v1alpha1 ?? {};
  const errors: string[] = [];
  for (const { kind } of config.documents) {
    if (kind === 'HostnameConfig' && (machine?.network?.hostname ?? '') !== '') {
      errors.push('static hostname is already set in v1alpha1 config');
    } else if (kind === 'HostnameConfig' && machine?.features?.stableHostname === true) {
      errors.push('stable hostname is already set in v1alpha1 config');
    }
    if (kind === 'KubeSpanConfig' && machine?.network?.kubespan) {
      errors.push('kubespan is already configured in v1alpha1 machine.network.kubespan');
    }
  }
  return errors;
}
