import type { Coverage } from '../coverage.js';

/** How far the simulated Hetzner Cloud goes. */
export const cloudCoverage: readonly Coverage[] = [
  {
    subject:
      'Servers, networks, firewalls, SSH keys, placement groups, primary IPs, volumes, images',
    how: 'simulated',
    note: 'Actions take their time and hold locks; names, limits and the request budget count.',
  },
];
