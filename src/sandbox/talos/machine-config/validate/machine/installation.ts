import type { MachineSection } from '../../types.js';
import { mapping } from '../../values.js';

/** What the runtime mode demands of the installation and the host DNS. */
export function installErrors(machine: MachineSection, mode: string, minor: number): string[] {
  const errors: string[] = [];
  const { install } = machine;
  if (mode === 'metal') {
    if (!install && minor < 14) {
      errors.push(`install instructions are required in "${mode}" mode`);
    }
    if (install) {
      if ((install.disk ?? '') === '' && !hasSelector(install.diskSelector)) {
        errors.push('either install disk or diskSelector should be defined');
      }
      if ((install.extraKernelArgs ?? []).length > 0 && install.grubUseUKICmdline === true) {
        errors.push("install.extraKernelArgs and install.grubUseUKICmdline can't be used together");
      }
    }
  }
  const dns = machine.features?.hostDNS;
  if (mode === 'container' && minor < 14 && dns?.enabled !== true) {
    errors.push(
      'feature HostDNS should be enabled in container mode (.machine.features.hostDNS.enabled)',
    );
  }
  if (mode === 'container' && minor < 14 && dns?.forwardKubeDNSToHost !== true) {
    errors.push(
      'feature HostDNS should forward kube-dns to host in container mode (.machine.features.hostDNS.forwardKubeDNSToHost)',
    );
  }
  if (dns?.forwardKubeDNSToHost === true && dns.enabled !== true) {
    errors.push(
      'feature hostDNS.forwardKubeDNSToHost requires hostDNS.enabled to be true (.machine.features.hostDNS)',
    );
  }
  return errors;
}

/** A selector without a word selects nothing. */
function hasSelector(selector: unknown): boolean {
  return Object.values(mapping(selector)).some((value) => value !== '');
}
