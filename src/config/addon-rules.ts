import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

/** What addons need of each other in the file. */
export function addonRules({ addons }: ClusterConfig): readonly RuleProblem[] {
  return [
    ...(addons.load_balancers === 'hcloud' && !addons.hcloud_ccm.enabled
      ? [
          {
            path: ['addons', 'load_balancers'],
            reason:
              'asks for the cloud controller, and addons.hcloud_ccm is off: without it nobody would answer Services of the type LoadBalancer',
          },
        ]
      : []),
    ...(addons.external_dns.enabled && addons.external_dns.values['provider'] === undefined
      ? [
          {
            path: ['addons', 'external_dns', 'values'],
            reason: 'needs the provider of the zone: provider: { name: cloudflare }, for example',
          },
        ]
      : []),
  ];
}
