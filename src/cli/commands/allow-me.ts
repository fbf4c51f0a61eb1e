import type { ApiAccessPlan } from '../../cluster/network/api-access.js';
import { allowMe } from '../../flows/allow-me.js';
import { ExitCode } from '../../lib/errors.js';
import { renderApiAccess } from '../../ui/api-access.js';
import { withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface AllowMeOptions extends GlobalOptions {
  readonly cidr?: readonly string[];
  readonly replace?: boolean;
  readonly dryRun?: boolean;
}

/** `oxide firewall allow-me`: lets this machine, or other ranges, reach the cluster's APIs. */
export function allowMeCommand(options: AllowMeOptions, io: CliIo): Promise<ExitCode> {
  const { cidr, replace = false, dryRun = false } = options;
  return withCluster(options, io, async ({ flow, ui }) => {
    const listed = flow.config.hcloud.firewall.allowed_cidrs !== undefined;
    const textOf = (done: boolean) => (shown: ApiAccessPlan) =>
      renderApiAccess({ ...shown, done, listed }, ui.looks);
    const plan = await allowMe(flow, {
      ranges: cidr,
      replace,
      confirm: (shown) => {
        if (dryRun) return Promise.resolve(false);
        if (shown.changed) ui.show(shown, textOf(false));
        return Promise.resolve(true);
      },
    });
    ui.print(plan, textOf(!dryRun), documentOf(plan));
    return dryRun && plan.changed ? ExitCode.changes : ExitCode.done;
  });
}

/** For machines: who reached 6443 and 50000 before, and who does afterwards. */
function documentOf(plan: ApiAccessPlan): object {
  const { cluster, firewall, before, after, changed, warnings } = plan;
  return { cluster, firewall, before, after, changed, warnings };
}
