import type { ClusterConfig } from '../../config/schema.js';
import { canonicalSource, isHeld, withRanges } from './cidr.js';
import { apis } from './firewall-limits.js';
import { sourcesOf, withLists, type ApiList } from './api-lists.js';
import { checkRuleLimits, opens, rulesEqual } from './firewall-rules.js';
import { openApis } from './open-apis.js';
import type { ClusterState, FirewallRule, FirewallState } from '../state/cluster-state.js';

/** The ranges from which rules let both the Kubernetes and the Talos API be reached. */
export function admittedRanges(rules: readonly FirewallRule[]): readonly string[] {
  const [kubernetes, talos] = apis.map(({ port }) => admittedTo(rules, Number(port)));
  const both = [
    ...(kubernetes ?? []).filter((range) => isHeld(talos ?? [], range)),
    ...(talos ?? []).filter((range) => isHeld(kubernetes ?? [], range)),
  ];
  return [...new Set(both)];
}

/** True when the rules let this address reach both APIs. */
export function admits(rules: readonly FirewallRule[], address: string): boolean {
  return isHeld(admittedRanges(rules), canonicalSource(address));
}

/** True when a firewall is there and keeps this address out; an address that is not known counts as in. */
export function keepsOut(
  firewall: FirewallState | undefined,
  address: string | undefined,
): boolean {
  return firewall !== undefined && address !== undefined && !admits(firewall.rules, address);
}

function admittedTo(rules: readonly FirewallRule[], port: number): readonly string[] {
  return rules
    .filter((rule) => rule.direction === 'in' && rule.protocol === 'tcp' && opens(rule, port))
    .flatMap(({ source_ips }) => source_ips.map(canonicalSource));
}

/** Who may reach the APIs after a create, as `wantedRules` takes it. */
export interface ApiAccess {
  readonly allowedCidrs: readonly string[];
  readonly addedCidrs: readonly string[];
}

/**
 * Who may reach the APIs: what cluster.yaml says and allow-me added to it. Without a list in
 * cluster.yaml it is this machine and whom the firewall admits already: a colleague may have added
 * it, and oxide takes nothing away on its own.
 */
export function wantedApiAccess(
  config: ClusterConfig,
  { firewall }: ClusterState,
  own: readonly string[],
): ApiAccess {
  const rules = firewall?.rules ?? [];
  const listed = config.hcloud.firewall.allowed_cidrs;
  if (listed) {
    const added = addedRanges(rules).filter((range) => !isHeld(listed, range));
    return { allowedCidrs: listed, addedCidrs: added };
  }
  const [{ port }] = apis;
  const kept = rules.filter((rule) => rule.port === port);
  return {
    allowedCidrs: withRanges([...new Set(admittedTo(kept, Number(port)))], own),
    addedCidrs: [],
  };
}

/** What allow-me has added beside a list in cluster.yaml. */
function addedRanges(rules: readonly FirewallRule[]): readonly string[] {
  const sources = apis.flatMap((api) => sourcesOf(rules, { ...api, description: api.added }));
  return [...new Set(sources)];
}

export interface ApiAccessInput {
  readonly config: ClusterConfig;
  readonly firewall: FirewallState;
  /** Whom to admit; canonical ranges. */
  readonly ranges: readonly string[];
  /** Whether they are all that stays beside the list in cluster.yaml. */
  readonly replace: boolean;
}

/** What admitting makes of a firewall. */
export interface ApiAccessPlan {
  readonly cluster: string;
  readonly firewall: string;
  /** Who reaches both APIs. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** All of them; those that are not about the two APIs as they were. */
  readonly rules: readonly FirewallRule[];
  readonly changed: boolean;
  /** By which rules the internet reaches the APIs. */
  readonly warnings: readonly string[];
}

/** Admits ranges to the APIs. Throws when Hetzner takes no such rules. */
export function planApiAccess(input: ApiAccessInput): ApiAccessPlan {
  const { config, firewall } = input;
  const listed = config.hcloud.firewall.allowed_cidrs;
  const lists = listed ? listsBeside(listed, input) : listsWithin(input);
  const rules = withLists(firewall.rules, lists);
  checkRuleLimits(rules);
  return {
    cluster: config.cluster_name,
    firewall: firewall.name,
    before: admittedRanges(firewall.rules),
    after: admittedRanges(rules),
    rules,
    changed: !rulesEqual(firewall.rules, rules),
    warnings: openApis(rules),
  };
}

/** Without a list in cluster.yaml all are in the same rules, as a create keeps them. */
function listsWithin({ firewall: { rules }, ranges, replace }: ApiAccessInput): readonly ApiList[] {
  return apis.flatMap(({ port, description, added }): ApiList[] => {
    if (replace) {
      return [
        { port, description, sources: withRanges([], ranges) },
        { port, description: added, sources: [] },
      ];
    }
    const missing = ranges.filter((range) => !isHeld(admittedTo(rules, Number(port)), range));
    const sources = withRanges(sourcesOf(rules, { port, description }), missing);
    return [{ port, description, sources }];
  });
}

/** Beside a list in cluster.yaml they have rules of their own, which a create leaves alone. */
function listsBeside(
  listed: readonly string[],
  { firewall: { rules }, ranges, replace }: ApiAccessInput,
): readonly ApiList[] {
  const now = admittedRanges(rules);
  const before = replace ? [] : addedRanges(rules);
  const lasting = [...listed, ...before];
  const isThere = (range: string): boolean =>
    isHeld(lasting, range) && (replace || isHeld(now, range));
  const missing = ranges.filter((range) => !isThere(range));
  const sources = withRanges(before, missing);
  return apis.flatMap(({ port, description, added }) => [
    ...(replace ? [{ port, description, sources: listed }] : []),
    { port, description: added, sources },
  ]);
}
