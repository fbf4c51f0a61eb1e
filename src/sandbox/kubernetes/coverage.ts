import type { Coverage } from '../coverage.js';

/** How far the simulated Kubernetes goes. */
export const kubernetesCoverage: readonly Coverage[] = [
  {
    subject: 'Objects: get, list, watch, create, update, patch, delete',
    how: 'simulated',
    note: 'Server-side apply with field managers and conflicts, strategic, merge and JSON patches, dry runs.',
  },
  {
    subject: 'Drains',
    how: 'simulated',
    note: 'Evictions heed disruption budgets; pods end within their grace period.',
  },
  {
    subject: 'Pods',
    how: 'simplified',
    note: 'Scheduled and started by their node, but no container runs: images and commands are not tried, and nothing crashes.',
  },
];
