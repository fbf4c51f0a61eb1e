/** Hetzner's limits for one firewall (docs.hetzner.com, "Firewalls"). */
export const firewallLimits = {
  rules: 50,
  /** Ranges that one rule names. */
  rangesInARule: 100,
  /** Each range of each rule counts as one. */
  effectiveRules: 500,
} as const;

/** The APIs that only some may reach. Who does is written in rules that are known by these texts. */
export const apis = [
  {
    port: '6443',
    description: 'Kubernetes API',
    added: 'Kubernetes API (oxide firewall allow-me)',
  },
  { port: '50000', description: 'Talos API', added: 'Talos API (oxide firewall allow-me)' },
] as const;

/** All addresses of both families, as Hetzner writes them. */
export const everybody = ['0.0.0.0/0', '::/0'];

interface BuiltInRule {
  readonly port: string;
  readonly sources: readonly string[];
  readonly description: string;
}

/** The inbound TCP rules that every cluster has, before its extra ones. */
export function builtInRules(allowedCidrs: readonly string[]): readonly BuiltInRule[] {
  return [
    ...apis.map(({ port, description }) => ({ port, sources: allowedCidrs, description })),
    { port: '80', sources: everybody, description: 'HTTP' },
    { port: '443', sources: everybody, description: 'HTTPS' },
  ];
}

/** What one rule admits: for an inbound one its sources. */
interface Ranges {
  readonly source_ips: readonly string[];
  readonly destination_ips?: readonly string[] | undefined;
}

/** How many effective rules Hetzner makes of these: one for each range of each rule. */
export function effectiveRules(rules: readonly Ranges[]): number {
  return rules.reduce(
    (sum, { source_ips, destination_ips = [] }) => sum + source_ips.length + destination_ips.length,
    0,
  );
}
