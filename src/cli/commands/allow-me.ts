import type { ApiAccessPlan } from '../../cluster/network/api-access.js';
import { allowMe } from '../../flows/allow-me.js';
import { canonicalSource } from '../../cluster/network/cidr.js';
import { ExitCode, messageOf, UsageError } from '../../lib/errors.js';
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
  const { replace = false, dryRun = false } = options;
  const ranges = options.cidr?.map(rangeOf);
  return withCluster(options, io, async ({ flow, ui }) => {
    const listed = flow.config.hcloud.firewall.allowed_cidrs !== undefined;
    const textOf = (done: boolean) => (shown: ApiAccessPlan) =>
      renderApiAccess({ ...shown, done, listed }, ui.looks);
    const plan = await allowMe(flow, {
      ranges,
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

function rangeOf(text: string): string {
  try {
    return canonicalSource(text);
  } catch (error) {
    throw new UsageError(
      `--cidr ${text}: ${messageOf(error)}`,
      'It takes ranges and addresses, such as 203.0.113.0/24 or 2001:db8::1.',
    );
  }
}

/** For machines: who reached 6443 and 50000 before, and who does afterwards. */
function documentOf(plan: ApiAccessPlan): object {
  const { cluster, firewall, before, after, changed, warnings } = plan;
  return { cluster, firewall, before, after, changed, warnings };
}
