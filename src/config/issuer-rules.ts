import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

/** The chart of Hetzner's own solver (hetzner/cert-manager-webhook-hetzner). */
const webhookChart = 'cert-manager-webhook-hetzner';

/** What issuers need of the rest of the file. */
export function issuerRules({ addons }: ClusterConfig): readonly RuleProblem[] {
  const { enabled, issuers } = addons.cert_manager;
  return issuers.flatMap(({ name, solver, gateway, zones }, index): RuleProblem[] => {
    const at = (key: string, reason: string): RuleProblem => ({
      path: ['addons', 'cert_manager', 'issuers', index, key],
      reason,
    });
    const isHttp = solver === 'http01';
    const isTwice = issuers.findIndex((one) => one.name === name) < index;
    return [
      ...(enabled ? [] : [at('name', 'needs cert-manager: addons.cert_manager.enabled: true')]),
      ...(isTwice ? [at('name', `"${name}" is the name of another issuer`)] : []),
      ...(isHttp && !gateway ? [at('solver', 'needs the `gateway` that shows the page')] : []),
      ...(!isHttp && gateway ? [at('gateway', 'is for http01 only')] : []),
      ...(isHttp && zones.length > 0 ? [at('zones', 'are for DNS-01 only')] : []),
      ...(solver === 'hetzner' && !hasWebhook(addons)
        ? [
            at(
              'solver',
              `needs Hetzner's solver in addons.charts: { name: ${webhookChart}, repository: "https://charts.hetzner.cloud", chart: ${webhookChart}, version: 0.9.0, namespace: cert-manager }`,
            ),
          ]
        : []),
    ];
  });
}

/** Its group and its rights are those of its values, which are expected to be the usual ones. */
function hasWebhook({ charts }: ClusterConfig['addons']): boolean {
  return charts.some(
    ({ chart, namespace }) =>
      chart
        .replace(/\.tgz$/, '')
        .split('/')
        .at(-1)
        ?.startsWith(webhookChart) === true && namespace === 'cert-manager',
  );
}
