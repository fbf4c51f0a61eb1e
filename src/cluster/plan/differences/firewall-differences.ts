import type { ClusterConfig } from '../../../config/schema.js';
import { wantedApiAccess } from '../../network/api-access.js';
import { enumerate } from '../../../lib/format.js';
import { apis } from '../../network/firewall-limits.js';
import {
  ruleChanges,
  rulesEqual,
  wantedRules,
  type RuleText,
} from '../../network/firewall-rules.js';
import type { ClusterState, FirewallRule } from '../../state/cluster-state.js';
import type { Difference } from '../difference.js';
import { effectOf } from './key-effects.js';

interface FirewallInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly firewallRules: readonly FirewallRule[] | undefined;
}

/** What the firewall lets in and cluster.yaml does not, and the other way round. */
export function firewallDifferences({
  state: { firewall },
  firewallRules,
}: FirewallInput): readonly Difference[] {
  if (!firewall || !firewallRules) return [];
  if (rulesEqual(firewallRules, firewall.rules)) return [];
  const { added, removed } = ruleChanges(firewallRules, firewall.rules);
  const [first] = firewallRules;
  if (first && added.length + removed.length === 0) {
    return [
      { ...ofRule(first), found: 'rules written otherwise', wanted: 'one rule for each port' },
    ];
  }
  return [
    ...texts(added).map(({ rule, text }) => ({ ...ofRule(rule), found: null, wanted: text })),
    ...texts(removed).map(({ rule, text }) => ({ ...ofRule(rule), found: text, wanted: null })),
  ];
}

/** What is let in from the same place is one text: `tcp 6443 and tcp 50000 from 203.0.113.7/32`. */
function texts(rules: readonly RuleText[]): readonly { rule: FirewallRule; text: string }[] {
  const alike = (a: RuleText, b: RuleText): boolean =>
    a.where === b.where && ofRule(a.rule).key === ofRule(b.rule).key;
  const firsts = rules.filter((one, i) => rules.findIndex((other) => alike(one, other)) === i);
  return firsts.map((first) => {
    const what = rules.filter((one) => alike(first, one)).map((one) => one.what);
    return { rule: first.rule, text: `${enumerate([...new Set(what)])} ${first.where}` };
  });
}

function ofRule({ port }: FirewallRule) {
  const isApi = apis.some((api) => api.port === port);
  const key = isApi ? 'hcloud.firewall.allowed_cidrs' : 'hcloud.firewall.extra_rules';
  return { key, servers: [], ...effectOf(key) };
}

/**
 * The rules that cluster.yaml asks for, this machine's own address aside: who is admitted already
 * stays. Undefined when that is nobody.
 */
export function settledRules(
  config: ClusterConfig,
  state: ClusterState,
): readonly FirewallRule[] | undefined {
  const access = wantedApiAccess(config, state, []);
  if (access.allowedCidrs.length === 0) return undefined;
  return wantedRules({ ...access, extraRules: config.hcloud.firewall.extra_rules });
}
