import type { z } from 'zod';

/** A firewall rule names a port exactly when its protocol has ports. */
export function addFirewallRuleProblems(
  rule: { protocol: string; port?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  const hasPorts = rule.protocol === 'tcp' || rule.protocol === 'udp';
  if (hasPorts === (rule.port !== undefined)) return;
  const message = hasPorts
    ? `is needed for ${rule.protocol}`
    : `is not allowed for ${rule.protocol}, which has no ports`;
  context.addIssue({ code: 'custom', path: ['port'], message });
}
