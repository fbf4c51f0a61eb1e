import { apis } from './firewall-limits.js';
import { canonicalSource, withRanges } from './cidr.js';
import { inboundTcp } from './firewall-rules.js';
import type { FirewallRule } from '../state/cluster-state.js';

/** What a rule that is known by its port and its description admits. */
export interface ApiList {
  readonly port: string;
  readonly description: string;
  readonly sources: readonly string[];
}

/** Whom the rule admits; nobody when there is none. */
export function sourcesOf(
  rules: readonly FirewallRule[],
  api: Omit<ApiList, 'sources'>,
): readonly string[] {
  return rules
    .filter((rule) => isRuleOf(rule, api))
    .flatMap(({ source_ips }) => source_ips.map(canonicalSource));
}

function isRuleOf(rule: FirewallRule, api: Omit<ApiList, 'sources'>): boolean {
  const { direction, protocol, port, description } = rule;
  return (
    direction === 'in' && protocol === 'tcp' && port === api.port && description === api.description
  );
}

/** The rules with these lists: one that admits nobody is left out, one that is missing is added. */
export function withLists(
  rules: readonly FirewallRule[],
  lists: readonly ApiList[],
): readonly FirewallRule[] {
  const kept = rules.flatMap((rule): FirewallRule[] => {
    const list = lists.find((api) => isRuleOf(rule, api));
    if (!list) return [rule];
    return list.sources.length === 0 ? [] : [{ ...rule, source_ips: list.sources }];
  });
  const missing = lists.filter(
    (api) => api.sources.length > 0 && !rules.some((rule) => isRuleOf(rule, api)),
  );
  return [
    ...kept,
    ...missing.map(({ port, sources, description }) => inboundTcp(port, sources, description)),
  ];
}

interface Meanwhile {
  /** The rules when what is wanted was decided, and now. */
  readonly before: readonly FirewallRule[];
  readonly now: readonly FirewallRule[];
  /** Whether cluster.yaml says who may reach the APIs: then its list is all that they admit. */
  readonly listed: boolean;
}

/** The wanted rules with whom another run has admitted to the APIs since they were decided. */
export function withArrived(
  wanted: readonly FirewallRule[],
  { before, now, listed }: Meanwhile,
): readonly FirewallRule[] {
  const known = apis.flatMap(({ port, description, added }) =>
    [...(listed ? [] : [description]), added].map((text) => ({ port, description: text })),
  );
  const lists = known.map((api): ApiList => {
    const there = sourcesOf(before, api);
    const arrived = sourcesOf(now, api).filter((source) => !there.includes(source));
    return { ...api, sources: withRanges(sourcesOf(wanted, api), arrived) };
  });
  return withLists(wanted, lists);
}
