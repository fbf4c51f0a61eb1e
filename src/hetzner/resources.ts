import { z } from 'zod';
import {
  id,
  labels,
  list,
  moneySchema,
  priceSchema,
  protection,
  readable,
  typeSchema,
} from './fields.js';

/*
 * The fields of Hetzner's answers that oxide uses, and only those: unknown fields are tolerated,
 * and fields that Hetzner is phasing out (`datacenter`, `deprecated`) are not read at all.
 */

/** What something costs in one location. */
export type LocationPrice = z.output<typeof priceSchema>;

export const actionSchema = z.object({
  id,
  command: z.string().catch('an action'),
  /** A state that nobody knows yet is not an end. */
  status: z.enum(['running', 'success', 'error']).catch('running'),
  progress: z.number().optional().catch(undefined),
  resources: readable(z.object({ id, type: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).nullish().catch(null),
});
export type Action = z.output<typeof actionSchema>;

export const placementGroupSchema = z.object({
  id,
  name: z.string(),
  servers: list(id),
  labels,
});
export type PlacementGroup = z.output<typeof placementGroupSchema>;

export const serverSchema = z.object({
  id,
  name: z.string(),
  status: z.string(),
  created: z.string().catch(''),
  labels,
  protection,
  server_type: typeSchema,
  location: z.object({ name: z.string() }),
  /** The next boot is into the rescue system. */
  rescue_enabled: z.boolean().catch(false),
  /** Null when it was deleted since. */
  image: z.object({ id }).nullish().catch(undefined),
  public_net: z.object({
    ipv4: z.object({ ip: z.string() }).nullable(),
    /** The address is a /64; the server itself uses its `::1`. */
    ipv6: z.object({ ip: z.string() }).nullable(),
    firewalls: list(z.object({ id, status: z.string() })),
  }),
  private_net: list(z.object({ network: id, ip: z.string() })),
  volumes: list(id),
  placement_group: placementGroupSchema.nullish().catch(undefined),
});
export type Server = z.output<typeof serverSchema>;

export const networkSchema = z.object({
  id,
  name: z.string(),
  ip_range: z.string(),
  subnets: list(z.object({ type: z.string(), ip_range: z.string(), network_zone: z.string() })),
  servers: list(id),
  load_balancers: list(id),
  protection,
  labels,
});
export type Network = z.output<typeof networkSchema>;

const firewallTargetSchema = z.object({
  type: z.string(),
  server: z.object({ id }).nullish(),
  label_selector: z.object({ selector: z.string() }).nullish(),
  /** What a label selector matches. */
  applied_to_resources: list(z.object({ server: z.object({ id }).nullish() })),
});

export const firewallSchema = z.object({
  id,
  name: z.string(),
  labels,
  rules: list(
    z.object({
      direction: z.enum(['in', 'out']),
      protocol: z.enum(['tcp', 'udp', 'icmp', 'esp', 'gre']),
      port: z.string().nullish(),
      source_ips: list(z.string()),
      destination_ips: list(z.string()),
      description: z.string().nullish(),
    }),
  ),
  applied_to: list(firewallTargetSchema),
});
export type Firewall = z.output<typeof firewallSchema>;

export const sshKeySchema = z.object({
  id,
  name: z.string(),
  fingerprint: z.string(),
  public_key: z.string(),
  labels,
});
export type SshKey = z.output<typeof sshKeySchema>;

export const primaryIpSchema = z.object({
  id,
  name: z.string(),
  ip: z.string(),
  type: z.enum(['ipv4', 'ipv6']),
  assignee_id: id.nullable(),
  location: z.object({ name: z.string() }).nullish(),
  auto_delete: z.boolean(),
  protection,
  labels,
});
export type PrimaryIp = z.output<typeof primaryIpSchema>;

export const floatingIpSchema = z.object({
  id,
  name: z.string(),
  ip: z.string(),
  type: z.enum(['ipv4', 'ipv6']),
  server: id.nullable(),
  home_location: z.object({ name: z.string() }),
  protection,
  labels,
});
export type FloatingIp = z.output<typeof floatingIpSchema>;

export const volumeSchema = z.object({
  id,
  name: z.string(),
  /** GB */
  size: z.number(),
  server: id.nullable(),
  location: z.object({ name: z.string() }),
  protection,
  labels,
});
export type Volume = z.output<typeof volumeSchema>;

export const imageSchema = z.object({
  id,
  type: z.string(),
  status: z.string(),
  name: z.string().nullable(),
  description: z.string(),
  architecture: z.enum(['x86', 'arm']),
  /** GB; a server's disk must be at least as large. */
  disk_size: z.number(),
  /** GB that are paid for; null while it is being made. */
  image_size: z.number().nullish().catch(undefined),
  created: z.string().catch(''),
  protection,
  labels,
});
export type Image = z.output<typeof imageSchema>;

export const serverTypeSchema = z.object({
  id,
  name: z.string(),
  architecture: z.enum(['x86', 'arm']),
  cores: z.number(),
  /** GB */
  memory: z.number(),
  /** GB */
  disk: z.number(),
  prices: readable(priceSchema),
  /** Where it is offered. A price for a location does not mean that it can be ordered there. */
  locations: z
    .array(
      z.object({
        name: z.string(),
        available: z.boolean().default(true),
        deprecation: z.object({ unavailable_after: z.string() }).nullish(),
      }),
    )
    .nullish()
    .transform((locations) => locations ?? undefined),
});
export type ServerType = z.output<typeof serverTypeSchema>;

export const locationSchema = z.object({
  id,
  name: z.string(),
  city: z.string(),
  network_zone: z.string(),
});
export type Location = z.output<typeof locationSchema>;

/** Prices are for the user's eyes: one that cannot be read is unknown. */
export const pricingSchema = z.object({
  currency: z.string().catch('EUR'),
  vat_rate: z.string().optional().catch(undefined),
  primary_ips: readable(z.object({ type: z.string(), prices: readable(priceSchema) })),
  floating_ips: readable(
    z.object({
      type: z.string(),
      prices: readable(z.object({ location: z.string(), price_monthly: moneySchema })),
    }),
  ),
  volume: z.object({ price_per_gb_month: moneySchema }).optional().catch(undefined),
  image: z.object({ price_per_gb_month: moneySchema }).optional().catch(undefined),
});
export type Pricing = z.output<typeof pricingSchema>;
