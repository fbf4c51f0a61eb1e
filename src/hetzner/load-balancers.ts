import { z } from 'zod';
import { id, labels, list, priceSchema, protection, readable, typeSchema } from './fields.js';

/** What listens on a load balancer, and how it tells which targets are well. */
const balancerServiceSchema = z.object({
  protocol: z.string(),
  listen_port: z.number(),
  destination_port: z.number(),
  proxyprotocol: z.boolean(),
  health_check: z.object({
    protocol: z.string(),
    port: z.number(),
    /** Seconds, as the timeout. */
    interval: z.number(),
    timeout: z.number(),
    retries: z.number(),
    http: z
      .object({
        path: z.string(),
        status_codes: list(z.string()),
        tls: z.boolean().nullish(),
      })
      .nullish(),
  }),
});

const balancerAddress = z.object({ ip: z.string().nullish() }).nullish().catch(undefined);

export const loadBalancerSchema = z.object({
  id,
  name: z.string(),
  public_net: z
    .object({ enabled: z.boolean(), ipv4: balancerAddress, ipv6: balancerAddress })
    .catch({ enabled: true, ipv4: undefined, ipv6: undefined }),
  private_net: list(z.object({ network: id, ip: z.string() })),
  load_balancer_type: typeSchema,
  services: readable(balancerServiceSchema),
  targets: list(
    z.object({
      server: z.object({ id }).nullish(),
      label_selector: z.object({ selector: z.string() }).nullish().catch(undefined),
      ip: z.object({ ip: z.string() }).nullish().catch(undefined),
      use_private_ip: z.boolean().nullish().catch(undefined),
      health_status: readable(
        z.object({
          listen_port: z.number(),
          status: z.string(),
          detail: z.string().nullish().catch(undefined),
        }),
      ),
    }),
  ),
  location: z.object({ name: z.string() }),
  protection,
  labels,
});
export type LoadBalancer = z.output<typeof loadBalancerSchema>;

export const loadBalancerTypeSchema = z.object({
  id,
  name: z.string(),
  max_services: z.number(),
  /** Servers that its targets stand for. */
  max_targets: z.number(),
  prices: readable(priceSchema),
});
export type LoadBalancerType = z.output<typeof loadBalancerTypeSchema>;
