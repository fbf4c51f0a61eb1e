import {
  admits,
  admittedRanges,
  planApiAccess,
  wantedApiAccess,
  type ApiAccess,
  type ApiAccessInput,
} from '../../cluster/network/api-access.js';
import { isHeld, withRanges } from '../../cluster/network/cidr.js';
import { rulesEqual } from '../../cluster/network/firewall-rules.js';
import { planCreate } from '../../cluster/plan/create/create-plan.js';
import type { Plan, PlanInput } from '../../cluster/plan/plan.js';
import type {
  ClusterState,
  FirewallRule,
  FirewallState,
} from '../../cluster/state/cluster-state.js';
import { oxide } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { settleRules } from '../hetzner/settle-rules.js';
import type { FlowContext } from '../run/context.js';
import type { OwnAddresses } from './own-address.js';

/** `add`: this machine is to be admitted. `preview`: it is not, and only the plan was asked for. */
type ApiAccessAnswer = 'admitted' | 'add' | 'preview';

interface Question {
  /** The rules with which the run would go on. */
  readonly rules: readonly FirewallRule[];
  readonly own: OwnAddresses;
  /** Undefined before the first create: then there is none that could be changed. */
  readonly firewall: FirewallState | undefined;
}

/**
 * Compares the own address with the firewall's rules, before a run waits for answers that never
 * come, and asks whether to add it. Throws a PreconditionError when it is not to be added.
 */
async function askApiAccess(ctx: FlowContext, question: Question): Promise<ApiAccessAnswer> {
  const { rules, own } = question;
  if (own.ipv4 === undefined || admits(rules, own.ipv4)) return 'admitted';
  const answer = await ctx.apiAccess.ask(
    `Your public address is ${own.ipv4} now; ${accessText(ctx, question)}. Add it?`,
  );
  if (answer === 'refuse') throw refusal(ctx, question);
  return answer;
}

/**
 * Who may reach the APIs after a create. Throws when that is nobody, because cluster.yaml names
 * nobody and the own address could not be found.
 */
export function whoMayReach(
  { config }: FlowContext,
  state: ClusterState,
  own: OwnAddresses,
): ApiAccess {
  const admitted = wantedApiAccess(config, state, own.ranges);
  if (admitted.allowedCidrs.length === 0 && own.failure) throw own.failure;
  return admitted;
}

/**
 * The plan of a create. One that leaves this machine out, because cluster.yaml does, could not be
 * carried out to its end: the machine is added to the plan, or the run stops before its first write.
 */
export async function planWithApiAccess(
  ctx: FlowContext,
  input: PlanInput,
  own: OwnAddresses,
): Promise<Plan> {
  const plan = planCreate(input);
  const { allowedCidrs, addedCidrs, state } = input;
  const question = { rules: plan.firewallRules, own, firewall: state.firewall };
  if ((await askApiAccess(ctx, question)) !== 'add') return plan;
  const missing = own.ranges.filter((range) => !isHeld(allowedCidrs, range));
  return planCreate({ ...input, addedCidrs: withRanges(addedCidrs, missing) });
}

/**
 * Makes sure that the firewall of a cluster that exists admits this machine. Returns the cluster as
 * it is then. An own address that is not known is none that is kept out.
 */
export async function ensureApiAccess(
  ctx: FlowContext,
  state: ClusterState,
  own: OwnAddresses,
): Promise<ClusterState> {
  const { config } = ctx;
  const { firewall } = state;
  if (!firewall) return state;
  const question = { rules: firewall.rules, own, firewall };
  const answer = await askApiAccess(ctx, question);
  if (answer === 'admitted') return state;
  if (answer === 'preview') throw refusal(ctx, question);
  const admitting = await ctx.step('Admit this machine', async (io) => {
    const changed = await admit(ctx, { config, firewall, ranges: own.ranges, replace: false });
    io.summary(own.ranges.join(', '));
    return changed;
  });
  return { ...state, firewall: admitting };
}

/** The firewall that admits these ranges, whoever else is admitted at the same time. */
export function admit(ctx: FlowContext, input: ApiAccessInput): Promise<FirewallState> {
  const { firewall } = input;
  return settleRules(ctx, {
    firewall,
    wanted: (rules) => planApiAccess({ ...input, firewall: { ...firewall, rules } }).rules,
  });
}

function accessText({ config }: FlowContext, { rules, firewall }: Question): string {
  const verb = firewall && rulesEqual(firewall.rules, rules) ? 'admits' : 'will admit';
  const ranges = admittedRanges(rules).join(', ') || 'nobody';
  return `the firewall of "${config.cluster_name}" ${verb} ${ranges}`;
}

function refusal(ctx: FlowContext, question: Question): PreconditionError {
  const address = question.own.ipv4 ?? '';
  return new PreconditionError(
    `${accessText(ctx, question)}, and this machine is ${address} now\nNothing was changed.`,
    question.firewall
      ? `Add it through the Hetzner API: ${oxide`firewall allow-me`}`
      : `Add ${address}/32 to hcloud.firewall.allowed_cidrs in cluster.yaml, or answer with --yes: it is admitted beside them.`,
    'access.refused',
  );
}
