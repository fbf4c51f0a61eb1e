/** A rule as the API takes it. */
export interface RuleOrder {
  readonly direction: 'in' | 'out';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'esp' | 'gre';
  readonly port?: string | undefined;
  /** Of inbound rules. */
  readonly source_ips: readonly string[];
  /** Of outbound rules. */
  readonly destination_ips?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/** What is sent of a rule: of the two lists only that of its direction, as Hetzner's own clients do. */
export function ruleBody({ source_ips, destination_ips, ...rule }: RuleOrder): object {
  return rule.direction === 'in' ? { ...rule, source_ips } : { ...rule, destination_ips };
}
