import { z } from 'zod';
import { defaultVersions } from '../cluster/talos/pins.js';
import { Secret } from '../lib/secret.js';
import {
  catalogueName,
  clusterName,
  chartSource,
  configPatch,
  extensionName,
  firewallSource,
  httpsEndpoint,
  imageUrl,
  ipv4Range,
  kernelArgument,
  plainVersion,
  port,
  schematicId,
  snapshotId,
  talosVersion,
} from './fields.js';
import { addons } from './addons-schema.js';
import { api } from './api-schema.js';
import { addFirewallRuleProblems } from './entry-rules.js';
import { pool } from './pool-schema.js';
import { newerKindsRule } from './newer-kinds.js';
import { timeouts } from './timeouts-schema.js';

const network = z
  .strictObject({
    cidr: ipv4Range.default('10.0.0.0/16').meta({
      description: 'Range of the private network.',
      rule: 'Private (RFC 1918), /24 or larger.',
    }),
    subnet_cidr: ipv4Range.default('10.0.1.0/24').meta({
      description:
        'The part of the network that holds the nodes. Control planes get the highest addresses, workers the lowest.',
      rule: 'Inside of `cidr`, with an address for every node.',
    }),
    zone: catalogueName.optional().meta({
      description: 'Network zone. Derived from the location when left out.',
      rule: "Must be the location's zone.",
    }),
  })
  .prefault({})
  .meta({ description: 'The private network that joins the nodes.' });

const firewallRule = z
  .strictObject({
    protocol: z.enum(['tcp', 'udp', 'icmp', 'esp', 'gre']).meta({
      description: 'Protocol that is let in.',
    }),
    port: port.optional().meta({
      description: 'A port, a range such as `30000-32767`, or `any`.',
      rule: 'Needed for tcp and udp, not allowed otherwise.',
    }),
    source_ips: z
      .array(firewallSource)
      .min(1)
      .max(100)
      .prefault(['0.0.0.0/0', '::/0'])
      .meta({ description: 'Addresses and ranges that are let in.' }),
    description: z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'Shown in the Hetzner console.' }),
  })
  .superRefine(addFirewallRuleProblems);

const firewall = z
  .strictObject({
    allowed_cidrs: z.array(firewallSource).min(1).max(100).optional().meta({
      description:
        'Who may reach the Kubernetes API (6443) and the Talos API (50000). When left out: the public addresses of the machine that runs oxide, found at create.',
    }),
    extra_rules: z.array(firewallRule).max(46).prefault([]).meta({
      description: 'More inbound rules; 80 and 443 are open to everybody already.',
    }),
  })
  .prefault({})
  .meta({ description: "The nodes' firewall. It filters the public addresses only." });

const hcloud = z
  .strictObject({
    token: z
      .string()
      .transform((value) => new Secret(value))
      .optional()
      .meta({
        description:
          "API token. Better left out: the environment's `HCLOUD_TOKEN` wins, and without both the active context of the hcloud CLI is used.",
      }),
    cluster_token: z
      .string()
      .transform((value) => new Secret(value))
      .optional()
      .meta({
        description:
          "API token that is put into the cluster for Hetzner's controllers, so that it can be another one than oxide's. Better left out: the environment's `HCLOUD_CLUSTER_TOKEN` wins, and without both it is the token that oxide uses.",
        rule: 'Of the same project.',
      }),
    location: catalogueName.meta({
      description: 'Location of the servers, such as nbg1, fsn1, hel1, ash, hil or sin.',
      rule: 'Checked against the Hetzner API.',
    }),
    network,
    firewall,
  })
  .meta({ description: 'Hetzner Cloud.' });

const patches = z.array(configPatch).prefault([]);
const patchRule =
  'Strategic-merge patches: YAML text, or the path of a file relative to cluster.yaml.';

const schematic = z
  .strictObject({
    extensions: z.array(extensionName).max(64).prefault([]).meta({
      description:
        'System extensions by their official names, such as `siderolabs/iscsi-tools`; the part before the slash may be left out.',
      rule: 'Of the list that the Image Factory has for `version`.',
    }),
    kernel_args: z.array(kernelArgument).max(64).prefault([]).meta({
      description: 'Arguments for the kernel, after those of Talos.',
    }),
  })
  .prefault({})
  .meta({
    description:
      'What the image has beyond Talos itself. The snapshot must have been made with the same, and carry its id in the label `schematic` or `talos_schematic_id` (the first 32 characters).',
  });

const talos = z
  .strictObject({
    version: talosVersion.prefault(defaultVersions.talos).meta({
      description: 'Talos Linux version; the snapshot must be of the same one.',
    }),
    kubernetes_version: plainVersion('1.36.6').prefault(defaultVersions.kubernetes).meta({
      description: 'Kubernetes version.',
      rule: 'Must be one that the Talos version supports.',
    }),
    hcloud_snapshot_id: snapshotId.optional().meta({
      description:
        'Id of the Talos snapshot. When left out, the newest snapshot with the labels `os=talos` and `talos_version` is taken.',
    }),
    schematic,
    schematic_id: schematicId.optional().meta({
      description:
        'The same as `schematic`, as the id that the Image Factory gave for it: also for what `schematic` has no key for.',
      rule: 'Not together with `schematic`.',
    }),
    build_images: z.boolean().default(true).meta({
      description:
        'Make the Talos snapshots that are missing, on a temporary server. With `false`, or `--no-build`, a command that needs one stops instead.',
    }),
    image_url: imageUrl.optional().meta({
      description:
        'Where the disk image comes from that snapshots are made of, compressed with xz, in place of the Image Factory. `{version}` and `{arch}` (amd64 or arm64) are filled in.',
      rule: 'An https address that a server at Hetzner reaches.',
    }),
    cluster_endpoint: httpsEndpoint.optional().meta({
      description: 'Public address for the kubeconfig, also written into the certificates.',
    }),
    pod_cidr: ipv4Range.default('10.244.0.0/16').meta({
      description: 'Range of the pods.',
      rule: 'A /24 for every node; overlaps neither the network nor `service_cidr`.',
    }),
    service_cidr: ipv4Range.default('10.96.0.0/12').meta({
      description: 'Range of the Kubernetes services.',
      rule: 'Between /12 and /28; overlaps neither the network nor `pod_cidr`.',
    }),
    config_patches: patches.meta({
      description: 'Patches of the machine configuration of all nodes.',
      rule: `${patchRule} ${newerKindsRule}`,
    }),
    control_plane_patches: patches.meta({
      description: 'Patches of the machine configuration of control planes.',
      rule: patchRule,
    }),
    worker_patches: patches.meta({
      description: 'Patches of the machine configuration of workers.',
      rule: patchRule,
    }),
  })
  .prefault({})
  .meta({ description: 'Talos Linux and Kubernetes.' });

const cilium = z
  .strictObject({
    version: plainVersion('1.20.4').prefault(defaultVersions.cilium).meta({
      description: 'Cilium version; the Gateway API release that belongs to it is chosen by oxide.',
    }),
    enable_hubble: z.boolean().default(true).meta({
      description: 'Install Hubble, which observes the network traffic.',
    }),
    enable_ipv6: z.boolean().default(false).meta({
      description: 'IPv6 for pods.',
      rule: 'Only `false`: the ranges of the cluster are IPv4 ones.',
    }),
    helm_values: z.record(z.string(), z.unknown()).prefault({}).meta({
      description: 'Values for the Cilium chart, merged last. Values that Talos needs are kept.',
    }),
    block_metadata: z.boolean().default(true).meta({
      description:
        "Keep pods from Hetzner's metadata service (169.254.169.254), which gives each node its machine configuration with the secrets in it.",
      rule: 'A network policy of Cilium; pods in the host network are not kept from it.',
    }),
    chart: chartSource.optional().meta({
      description:
        'Where the chart comes from, for users behind mirrors: repository URL, OCI URL, or a path relative to cluster.yaml.',
    }),
  })
  .prefault({})
  .meta({ description: 'Cilium, the network of the pods.' });

/** The one definition of cluster.yaml: shape, defaults and documentation of every key; rules over several keys are in `rules.ts`. */
export const clusterSchema = z.strictObject({
  cluster_name: clusterName.meta({
    description: 'Name of the cluster. Everything it has on Hetzner begins with it.',
  }),
  hcloud,
  api,
  talos,
  cilium,
  addons,
  control_planes: z.array(pool).min(1).meta({
    description: 'Pools of control planes.',
    rule: 'The counts add up to 1, 3, 5, 7 or 9.',
  }),
  workers: z.array(pool).prefault([]).meta({
    description: 'Pools of workers. Without any, the control planes take workloads.',
  }),
  timeouts,
});

type DeepReadonly<T> = T extends Secret
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** cluster.yaml as it was read and checked, defaults filled in. Never changed afterwards. */
export type ClusterConfig = DeepReadonly<z.output<typeof clusterSchema>>;

/** A section of `addons` that is about one of them. */
export type AddonKey = Exclude<
  keyof ClusterConfig['addons'],
  'load_balancers' | 'gateway_api' | 'charts' | 'manifests'
>;

/** A pool of control planes or workers. */
export type PoolConfig = ClusterConfig['workers'][number];

/** An inbound firewall rule of cluster.yaml. */
export type ExtraFirewallRule = ClusterConfig['hcloud']['firewall']['extra_rules'][number];
