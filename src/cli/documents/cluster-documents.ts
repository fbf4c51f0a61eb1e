import { z } from 'zod';
import { addon } from './addon-documents.js';
import {
  change,
  cluster,
  cost,
  difference,
  kept,
  kind,
  notes,
  problem,
  role,
  text,
  texts,
  warnings,
} from './parts.js';

export const plan = z.strictObject({
  cluster,
  changes: z.array(change).describe('What a run would do, in its order.'),
  differences: z
    .array(difference)
    .optional()
    .describe(
      'All differences between cluster.yaml and the cluster; not in the plan of a destroy.',
    ),
  stays: z.array(kept).optional().describe('What a deletion leaves where it is.'),
  monthlyCost: z.strictObject({
    now: cost,
    after: cost,
    covers: text.optional().describe('Of what; servers with their IPv4 addresses unless said.'),
  }),
  notes,
  warnings,
});

export const created = z.strictObject({
  cluster,
  endpoint: text.describe('Address of the Kubernetes API in the kubeconfig.'),
  kubeconfig: text.describe('Path of the file.'),
  talosconfig: text.describe('Path of the file.'),
  changed: z.boolean().describe('False when all of it was there before.'),
  differences: z.array(difference).describe('What a create does not change.'),
  failedAddons: z
    .array(z.strictObject({ name: text, reason: text }))
    .describe('Optional addons that do not work; `oxide addons apply` tries again.'),
  nodes: z.array(z.strictObject({ name: text, role, publicIpv4: text, privateIp: text })),
});

export const scaled = z.strictObject({
  cluster,
  pool: text,
  role,
  count: z.int(),
  added: texts.describe('Names of servers.'),
  removed: texts.describe('Names of servers.'),
  left: z.array(kept).describe('What hung on the removed servers and costs money.'),
  changed: z.boolean().describe('False when the pool had that number before.'),
  configuration: text.describe('What to do about the count in cluster.yaml; empty: nothing.'),
});

export const replaced = z.strictObject({
  cluster,
  replaced: texts.describe(
    'Names of the nodes that are new; empty when all were as they should be.',
  ),
  left: z.array(kept).describe('What hung on the servers that went and costs money.'),
});

const remark = z.strictObject({
  name: text.describe('Name of the node.'),
  why: text,
  off: z.boolean().describe('True when its server is there and has no power.'),
});

export const repaired = z.strictObject({
  cluster,
  repaired: texts.describe('Names of the nodes that are new; empty when none was dead.'),
  later: z.array(remark).describe('Dead, too, and left for the next repair.'),
  unclear: z.array(remark).describe('Not well, and not known to be dead: they were left alone.'),
  left: z.array(kept).describe('What hung on the servers that went and costs money.'),
});

export const destroyed = z.strictObject({
  cluster,
  deleted: z.array(z.strictObject({ kind, name: text, id: z.int() })),
  left: z.array(kept),
  notes,
  complete: z.boolean().describe('False: something is left that should have gone.'),
});

const etcd = z.strictObject({
  member: text.describe('Id of the member, hexadecimal.'),
  leader: z.boolean(),
  healthy: z.boolean(),
});

const server = z.strictObject({
  name: text,
  id: z.int(),
  role,
  pool: text,
  index: z.int(),
  type: text,
  location: text,
  status: text.describe("Hetzner's word, as `running`."),
  publicIpv4: text.nullable(),
  privateIp: text.nullable(),
  kubernetes: z
    .strictObject({ node: text, ready: z.boolean(), version: text })
    .nullable()
    .describe('Null: not registered, or Kubernetes does not answer.'),
  talosVersion: text.nullable(),
  etcd: etcd.nullable().describe('Null: a worker, or etcd cannot be asked there.'),
});

const balancer = z.strictObject({
  name: text,
  id: z.int(),
  type: text,
  location: text,
  public: z.boolean().describe('Whether the internet reaches it.'),
  publicIps: texts.describe('It keeps them also while the internet does not reach it.'),
  privateIp: text.nullable(),
  targets: z.array(
    z.strictObject({
      server: text.nullable().describe('Null: none of the cluster.'),
      health: text.describe("Hetzner's word, the worst of its services, as `healthy`."),
      detail: text.nullable().describe('What is wrong, as `6443: layer4_no_connection`.'),
    }),
  ),
});

const survives = z
  .strictObject({
    controlPlanes: z
      .int()
      .nullable()
      .describe('Control planes that may fail at a time; null: etcd could not be asked.'),
    onOneHost: z
      .int()
      .describe('Control planes that one host has at worst, as far as placement groups tell.'),
    anyHost: z.boolean().nullable().describe('Whether any one host may fail; null: not known.'),
    kubeconfigNeeds: text
      .nullable()
      .describe('The control plane without which the kubeconfig leads nowhere; null: none.'),
  })
  .describe('What the cluster outlives, by what is healthy now.');

export const status = z.strictObject({
  cluster,
  endpoint: text.nullable().describe('Address of the Kubernetes API; null when there is none yet.'),
  healthy: z.boolean(),
  servers: z.array(server),
  pools: z.array(z.strictObject({ name: text, role, wanted: z.int(), found: z.int() })),
  differences: z.array(difference),
  addons: z.array(addon).describe('Empty where nobody could be asked.'),
  monthlyCost: cost,
  loadBalancer: balancer
    .nullable()
    .describe('The one before the control planes; null: there is none.'),
  placementGroups: z
    .array(z.strictObject({ name: text, servers: texts }))
    .describe('Spread groups with their servers, which are on hosts of their own.'),
  survives,
  problems: z.array(problem),
  support: z
    .array(
      z.strictObject({
        project: z.enum(['Talos', 'Kubernetes']),
        minor: text.describe('As `1.36`.'),
        ends: text.nullable().describe('The day, as `2027-06-28`; null: nobody has named one.'),
        state: z.enum(['supported', 'ends-soon', 'ended']).describe('`ends-soon`: within 60 days.'),
      }),
    )
    .describe('How long the versions that run get fixes from those who make them.'),
});
