import {
  builtInRules,
  effectiveRules,
  firewallLimits,
} from '../cluster/network/firewall-limits.js';
import { serversInANetwork } from '../cluster/network/node-addresses.js';
import { nodesOf } from './pool-rules.js';
import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

/** Each value may be within its own limit and all of them together not. */
export function firewallSize({ hcloud }: ClusterConfig): readonly RuleProblem[] {
  const { allowed_cidrs: allowed = [], extra_rules: extra } = hcloud.firewall;
  const builtIn = builtInRules(allowed).map(({ sources }) => ({ source_ips: sources }));
  const count = effectiveRules([...builtIn, ...extra]);
  const { effectiveRules: most } = firewallLimits;
  if (count <= most) return [];
  const reason =
    `the firewall would have ${count} effective rules, and Hetzner takes ${most}: each range of each ` +
    `rule is one, those of allowed_cidrs are two (6443 and 50000), 80 and 443 are two each`;
  return [{ path: ['hcloud', 'firewall'], reason }];
}

export function networkMembers(config: ClusterConfig): readonly RuleProblem[] {
  const count = nodesOf(config.control_planes) + nodesOf(config.workers);
  if (count <= serversInANetwork) return [];
  const reason = `${count} nodes are planned, and a Hetzner network takes ${serversInANetwork} servers`;
  return [{ path: ['workers'], reason }];
}
