import type { ClusterSection, MachineSection } from '../../types.js';
import { list, mapping } from '../../values.js';

/** What a machine of its type has to have, and must not have. */
export function roleErrors(
  machine: MachineSection,
  cluster: ClusterSection | undefined,
  cniErrors: readonly string[],
): string[] {
  switch (machine.type) {
    case 'init':
    case 'controlplane':
      if (!machine.ca) return [...cniErrors, 'issuing CA is required (.machine.ca)'];
      if ((machine.ca.key ?? '') !== '') return [...cniErrors];
      return [...cniErrors, 'issuing CA key is required for controlplane nodes (.machine.ca.key)'];
    case 'worker':
    case 'join':
    case undefined:
    case '':
      return workerErrors(machine, cluster);
    default:
      return [`unknown machine type "${machine.type}"`];
  }
}

function workerErrors(machine: MachineSection, cluster: ClusterSection | undefined): string[] {
  const errors: string[] = [];
  for (const device of machine.network?.interfaces ?? []) {
    const vlans = list(mapping(device)['vlans']).map(mapping);
    for (const { vip } of [mapping(device), ...vlans]) {
      if (vip === undefined) continue;
      errors.push('virtual (shared) IP is not allowed on non-controlplane nodes');
    }
  }
  if ((machine.ca?.key ?? '') !== '') {
    errors.push('issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)');
  }
  if (machine.ca && (machine.ca.crt ?? '') === '' && (machine.acceptedCAs ?? []).length === 0) {
    errors.push(
      'trusted CA certificates are required on non-controlplane nodes (.machine.ca.crt, .machine.acceptedCAs)',
    );
  }
  if ((cluster?.ca?.key ?? '') !== '') {
    errors.push(
      'issuing Kubernetes API CA key is not allowed on non-controlplane nodes (.cluster.ca)',
    );
  }
  return errors;
}
