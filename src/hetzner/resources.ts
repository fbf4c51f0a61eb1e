import { z } from 'zod';

/**
 * The fields of Hetzner's answers that oxide uses, and only those: unknown fields are tolerated,
 * and fields that Hetzner is phasing out (`datacenter`, `deprecated`) are not read at all.
 */
const labels = z.record(z.string(), z.string());
const protection = z.object({ delete: z.boolean() });

/** Decimal numbers in strings, as Hetzner gives them. */
const moneySchema = z.object({ net: z.string(), gross: z.string() });
const priceSchema = z.object({
  location: z.string(),
  price_hourly: moneySchema,
  price_monthly: moneySchema,
});
export type LocationPrice = z.output<typeof priceSchema>;

/** A type as it stands in what was made of it: with its prices, also when it is no longer sold. */
const typeSchema = z.object({ name: z.string(), prices: z.array(priceSchema).default([]) });

export const actionSchema = z.object({
  id: z.number(),
  command: z.string(),
  status: z.enum(['running', 'success', 'error']),
  progress: z.number().optional(),
  resources: z.array(z.object({ id: z.number(), type: z.string() })).default([]),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});
export type Action = z.output<typeof actionSchema>;

export const serverSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  created: z.string(),
  labels,
  protection,
  server_type: typeSchema,
  location: z.object({ name: z.string() }),
  public_net: z.object({
    ipv4: z.object({ ip: z.string() }).nullable(),
    /** The address is a /64; the server itself uses its `::1`. */
    ipv6: z.object({ ip: z.string() }).nullable(),
    firewalls: z.array(z.object({ id: z.number(), status: z.string() })).default([]),
  }),
  private_net: z.array(z.object({ network: z.number(), ip: z.string() })).default([]),
  volumes: z.array(z.number()).default([]),
});
export type Server = z.output<typeof serverSchema>;

export const networkSchema = z.object({
  id: z.number(),
  name: z.string(),
  ip_range: z.string(),
  subnets: z.array(z.object({ type: z.string(), ip_range: z.string(), network_zone: z.string() })),
  servers: z.array(z.number()).default([]),
  protection,
  labels,
});
export type Network = z.output<typeof networkSchema>;

const firewallTargetSchema = z.object({
  type: z.string(),
  server: z.object({ id: z.number() }).nullish(),
  label_selector: z.object({ selector: z.string() }).nullish(),
  /** What a label selector matches. */
  applied_to_resources: z
    .array(z.object({ server: z.object({ id: z.number() }).nullish() }))
    .default([]),
});

export const firewallSchema = z.object({
  id: z.number(),
  name: z.string(),
  labels,
  rules: z.array(
    z.object({
      direction: z.enum(['in', 'out']),
      protocol: z.enum(['tcp', 'udp', 'icmp', 'esp', 'gre']),
      port: z.string().nullish(),
      source_ips: z.array(z.string()).default([]),
      destination_ips: z.array(z.string()).default([]),
      description: z.string().nullish(),
    }),
  ),
  applied_to: z.array(firewallTargetSchema).default([]),
});
export type Firewall = z.output<typeof firewallSchema>;

export const sshKeySchema = z.object({
  id: z.number(),
  name: z.string(),
  fingerprint: z.string(),
  public_key: z.string(),
  labels,
});
export type SshKey = z.output<typeof sshKeySchema>;

export const placementGroupSchema = z.object({
  id: z.number(),
  name: z.string(),
  servers: z.array(z.number()),
  labels,
});
export type PlacementGroup = z.output<typeof placementGroupSchema>;

export const primaryIpSchema = z.object({
  id: z.number(),
  name: z.string(),
  ip: z.string(),
  type: z.enum(['ipv4', 'ipv6']),
  assignee_id: z.number().nullable(),
  location: z.object({ name: z.string() }).nullish(),
  auto_delete: z.boolean(),
  protection,
  labels,
});
export type PrimaryIp = z.output<typeof primaryIpSchema>;

export const loadBalancerSchema = z.object({
  id: z.number(),
  name: z.string(),
  private_net: z.array(z.object({ network: z.number(), ip: z.string() })).default([]),
  load_balancer_type: typeSchema,
  targets: z.array(z.object({ server: z.object({ id: z.number() }).nullish() })).default([]),
  location: z.object({ name: z.string() }),
  protection,
  labels,
});
export type LoadBalancer = z.output<typeof loadBalancerSchema>;

export const volumeSchema = z.object({
  id: z.number(),
  name: z.string(),
  /** GB */
  size: z.number(),
  server: z.number().nullable(),
  location: z.object({ name: z.string() }),
  protection,
  labels,
});
export type Volume = z.output<typeof volumeSchema>;

export const imageSchema = z.object({
  id: z.number(),
  type: z.string(),
  status: z.string(),
  name: z.string().nullable(),
  description: z.string(),
  architecture: z.enum(['x86', 'arm']),
  /** GB; a server's disk must be at least as large. */
  disk_size: z.number(),
  created: z.string(),
  labels,
});
export type Image = z.output<typeof imageSchema>;

export const serverTypeSchema = z.object({
  id: z.number(),
  name: z.string(),
  architecture: z.enum(['x86', 'arm']),
  cores: z.number(),
  /** GB */
  memory: z.number(),
  /** GB */
  disk: z.number(),
  prices: z.array(priceSchema),
  /** Where it is offered. A price for a location does not mean that it can be ordered there. */
  locations: z
    .array(
      z.object({
        name: z.string(),
        available: z.boolean().default(true),
        deprecation: z.object({ unavailable_after: z.string() }).nullish(),
      }),
    )
    .optional(),
});
export type ServerType = z.output<typeof serverTypeSchema>;

export const locationSchema = z.object({
  id: z.number(),
  name: z.string(),
  city: z.string(),
  network_zone: z.string(),
});
export type Location = z.output<typeof locationSchema>;

export const pricingSchema = z.object({
  currency: z.string(),
  vat_rate: z.string().optional(),
  primary_ips: z.array(z.object({ type: z.string(), prices: z.array(priceSchema) })),
  volume: z.object({ price_per_gb_month: moneySchema }).optional(),
});
export type Pricing = z.output<typeof pricingSchema>;
