import type { Coverage } from '../coverage.js';

/** How far the stand-in for talosctl, and the nodes that it speaks to, go. */
export const talosCoverage: readonly Coverage[] = [
  {
    subject: 'Secrets, certificates, machine configurations and their patches',
    how: 'simulated',
    note: 'Real keys and certificates; what Talos refuses in a configuration is refused.',
  },
];
