import type { ClusterConfig } from '../../config/schema.js';

/**
 * What a rehearsal says of a user's own values: its chart knows oxide's only. The real chart's
 * archive works in a rehearsal as well. Undefined when there is nothing to say.
 */
export function standInRemark({
  cilium,
}: {
  readonly cilium: Pick<ClusterConfig['cilium'], 'version' | 'helm_values' | 'chart'>;
}): string | undefined {
  if (Object.keys(cilium.helm_values).length === 0 || cilium.chart !== undefined) return undefined;
  return (
    'The chart of a rehearsal is a small stand-in: it checks the values that oxide sets, and not those of ' +
    `cilium.helm_values. To have them checked, rehearse with the real chart: ` +
    `helm pull cilium --repo https://helm.cilium.io --version ${cilium.version}, and the path of that file ` +
    `as cilium.chart`
  );
}
