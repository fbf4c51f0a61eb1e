import {
  admittedRanges,
  planApiAccess,
  type ApiAccessPlan,
} from '../cluster/network/api-access.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { inParallel } from '../lib/parallel.js';
import { admit } from '../steps/access/api-access.js';
import type { FlowContext } from '../steps/run/context.js';
import { observeExisting } from '../steps/observe/probes.js';
import { findOwnAddresses } from '../steps/access/own-address.js';

export interface AllowMeRequest {
  /** Whom to admit, as canonical ranges; this machine when undefined. */
  readonly ranges: readonly string[] | undefined;
  /** Whether what was admitted by an own address or by this command before goes. */
  readonly replace: boolean;
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: ApiAccessPlan) => Promise<boolean>;
}

/**
 * Admits this machine, or other ranges, to the Kubernetes and the Talos API of a cluster. Hetzner's
 * API is all that it needs, so that it works for somebody who is locked out.
 */
export async function allowMe(ctx: FlowContext, request: AllowMeRequest): Promise<ApiAccessPlan> {
  const { config, step } = ctx;
  const [{ firewall }, ranges] = await inParallel(
    step('Look at what exists', () => observeExisting(ctx)),
    request.ranges ? Promise.resolve(request.ranges) : ownRanges(ctx),
  );
  if (!firewall) {
    throw new PreconditionError(
      `the cluster "${config.cluster_name}" has no firewall`,
      `Make what is missing: ${oxide`create`}`,
    );
  }
  const wish = { config, firewall, ranges, replace: request.replace };
  const plan = planApiAccess(wish);
  if (!(await request.confirm(plan)) || !plan.changed) return plan;
  const changed = await step('Change the firewall', () => admit(ctx, wish));
  return { ...plan, after: admittedRanges(changed.rules) };
}

async function ownRanges(ctx: FlowContext): Promise<readonly string[]> {
  const { ranges, failure } = await ctx.step('Find the public address of this machine', (io) =>
    findOwnAddresses(ctx, 'admit', io),
  );
  if (!failure) return ranges;
  throw new PreconditionError(
    failure.message,
    `Name it yourself: ${oxide`firewall allow-me --cidr 203.0.113.7/32`}`,
  );
}
