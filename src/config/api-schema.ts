import { z } from 'zod';
import { catalogueName } from './fields.js';

const loadBalancer = z
  .strictObject({
    type: catalogueName.default('lb11').meta({
      description: 'Type of the load balancer.',
      rule: 'With room for all control planes. Checked against the Hetzner API.',
    }),
    location: catalogueName.optional().meta({
      description: 'Location of the load balancer, when it is not `hcloud.location`.',
      rule: 'In the same network zone. A load balancer stays where it was made.',
    }),
    public: z.boolean().default(false).meta({
      description:
        'Whether it can be reached from the internet. No firewall can stand before a Hetzner load balancer: with `true`, anybody may knock at 6443 and 50000, where only client certificates of the cluster open.',
    }),
  })
  .prefault({})
  .meta({ description: 'The load balancer of `endpoint: load_balancer`.' });

/** Where the Kubernetes and the Talos API of the cluster are found. */
export const api = z
  .strictObject({
    endpoint: z
      .enum(['first', 'load_balancer', 'dns'])
      .optional()
      .meta({
        description:
          'Where the APIs are found, from the first boot on: `first` is the first control plane, `load_balancer` a Hetzner ' +
          'load balancer before all of them, which any one of them may leave, and `dns` your own name in `talos.cluster_endpoint`. ' +
          'When left out: `dns` with `talos.cluster_endpoint`; without, `first` for one control plane and `load_balancer` for three and more.',
        rule: 'A cluster keeps what it was made with, also when this is left out; `first` is not together with `talos.cluster_endpoint`.',
      }),
    load_balancer: loadBalancer,
  })
  .prefault({})
  .meta({ description: 'The way to the Kubernetes and the Talos API.' });
