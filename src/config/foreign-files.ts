/** A tool whose files are recognised, by what only they have. */
interface ForeignTool {
  readonly name: string;
  /** Keys of the top level; `least` of them are enough. */
  readonly keys: readonly string[];
  readonly least: number;
  /** For files that are no YAML. */
  readonly text?: RegExp;
}

/**
 * From the tools' own sources: hetzner-k3s 2.6 (src/configuration/main.cr), k8zner
 * (internal/config/spec.go, and its custom resource), hcloud-k8s/terraform-hcloud-kubernetes
 * (README.md, variables.tf).
 */
const tools: readonly ForeignTool[] = [
  {
    name: 'hetzner-k3s',
    keys: ['hetzner_token', 'k3s_version', 'masters_pool', 'worker_node_pools'],
    least: 2,
  },
  { name: 'k8zner', keys: ['name', 'region', 'mode'], least: 3 },
  {
    name: 'hcloud-k8s (Terraform)',
    keys: ['control_plane_nodepools', 'worker_nodepools'],
    least: 1,
    text: /^\s*(?:source\s*=\s*"hcloud-k8s\/kubernetes\/hcloud"|worker_nodepools\s*=)/m,
  },
];

/** The tool whose file this is, when it is not oxide's. */
export function foreignTool(text: string, value: unknown): string | undefined {
  const has = (key: string): boolean =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  if (has('control_planes')) return undefined;
  if (has('kind') && Reflect.get(value as object, 'kind') === 'K8znerCluster') return 'k8zner';
  const isOf = ({ keys, least, text: pattern }: ForeignTool): boolean =>
    keys.filter(has).length >= least || (pattern?.test(text) ?? false);
  return tools.find(isOf)?.name;
}
