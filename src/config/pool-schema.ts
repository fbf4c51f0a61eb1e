import { z } from 'zod';
import { catalogueName, labels, poolName, taint } from './fields.js';

/** A mapping with these keys, in the words of JSON Schema. */
const having = (...keys: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(keys.map((key) => [key, {}])),
  required: keys,
});

const fallbacks = z.array(catalogueName).min(1).max(10);

/** A pool of control planes or workers: what its nodes are, and how many. */
export const pool = z
  .strictObject({
    name: poolName.meta({
      description: 'Name of the pool. Nodes are called `<cluster_name>-<name>-<index>`.',
      rule: 'Unique among all pools; the longest node name has at most 63 characters.',
    }),
    server_type: catalogueName.optional().meta({
      description: 'Hetzner server type.',
      rule: 'Either this or `server_types`. Checked against the Hetzner API.',
    }),
    server_types: fallbacks.optional().meta({
      description:
        'Several server types instead of one: what cannot be ordered as the first is ordered as the next.',
      rule: 'Each once, all of the same architecture.',
    }),
    count: z.int().min(0).max(100).default(1).meta({ description: 'Number of nodes.' }),
    labels: labels.prefault({}).meta({
      description:
        "Labels of the Kubernetes nodes, also set on the servers unless they are oxide's own.",
      rule: 'On workers not under `kubernetes.io` or `k8s.io`, except what a kubelet may set.',
    }),
    taints: z.array(taint).prefault([]).meta({
      description: 'Taints of the Kubernetes nodes, as `key=value:Effect`.',
      rule: 'Each key once.',
    }),
    placement: z
      .enum(['spread', 'best-effort', 'none'])
      .default('spread')
      .meta({
        description:
          'Whether each server runs on a host of its own, so that a broken host takes one: `spread` makes servers in ' +
          'spread placement groups only, `best-effort` makes one without when Hetzner has no such host, `none` leaves it to chance. ' +
          'All control planes share a group, workers have one for ten of a pool.',
      }),
    location: catalogueName.optional().meta({
      description: 'Location of this pool, when it is not `hcloud.location`.',
      rule: 'In the same network zone as all others.',
    }),
    locations: fallbacks.optional().meta({
      description:
        'Several locations instead of one, as fallbacks: each server type is tried in all of them before the next type. ' +
        'They are no spread: for control planes in three locations, write three pools with a `location` each.',
      rule: 'Instead of `location`. Each once, in the same network zone as all others.',
    }),
  })
  .meta({
    // For editors; what oxide itself says stands in `pool-rules.ts`.
    oneOf: [having('server_type'), having('server_types')],
    not: having('location', 'locations'),
  });
