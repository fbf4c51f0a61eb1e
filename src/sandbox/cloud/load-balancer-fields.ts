import { z } from 'zod';
import { idField, idOrNameField, nameField } from './fields.js';
import { labelsField } from './labels.js';
import type { LoadBalancerTarget } from './load-balancer-records.js';

const portField = z.int().min(1).max(65_535);

const checkHttpField = z.strictObject({
  domain: z.string().max(128).nullish(),
  path: z.string().min(1).max(256).optional(),
  response: z.string().max(256).optional(),
  status_codes: z.array(z.string()).max(20).optional(),
  tls: z.boolean().optional(),
});

/** Every number may be left out (hcloud-cloud-controller-manager sends protocol and port only). */
const healthCheckField = z.strictObject({
  protocol: z.enum(['tcp', 'http']).optional(),
  port: portField.optional(),
  interval: z.int().min(3).max(60).optional(),
  timeout: z.int().min(1).max(60).optional(),
  retries: z.int().min(1).max(5).optional(),
  http: checkHttpField.optional(),
});

const httpField = z.strictObject({
  cookie_name: z.string().min(1).max(100).optional(),
  cookie_lifetime: z.int().min(30).max(86_400).optional(),
  timeout_idle: z.int().min(30).max(300).optional(),
  certificates: z.array(idField).optional(),
  redirect_http: z.boolean().optional(),
  sticky_sessions: z.boolean().optional(),
});

/** What of a service changes; its listen port says which one. */
export const serviceChangeField = z.strictObject({
  protocol: z.enum(['tcp', 'http', 'https']).optional(),
  listen_port: portField,
  destination_port: portField.optional(),
  proxyprotocol: z.boolean().optional(),
  health_check: healthCheckField.optional(),
  http: httpField.optional(),
});

/** A new service; only tcp has no ports of its own (hcloud-python, LoadBalancerService). */
export const serviceField = serviceChangeField.extend({
  protocol: z.enum(['tcp', 'http', 'https']),
  listen_port: portField.optional(),
});

export type ServiceWish = z.output<typeof serviceField>;
export type ServiceChange = z.output<typeof serviceChangeField>;

export const targetField = z.strictObject({
  type: z.enum(['server', 'label_selector', 'ip']),
  server: z.strictObject({ id: idField }).optional(),
  label_selector: z.strictObject({ selector: z.string().min(1).max(1000) }).optional(),
  ip: z.strictObject({ ip: z.string() }).optional(),
  use_private_ip: z.boolean().default(false),
});

export const algorithmField = z.strictObject({
  type: z.enum(['round_robin', 'least_connections']),
});

export const createFields = z.strictObject({
  name: nameField(128),
  load_balancer_type: idOrNameField,
  algorithm: algorithmField.default({ type: 'round_robin' }),
  services: z.array(serviceField).default([]),
  targets: z.array(targetField).default([]),
  labels: labelsField.default({}),
  public_interface: z.boolean().default(true),
  /** Existing primary IPs, since 2026-10-05 (hcloud-go 2.52). */
  public_net: z.strictObject({ ipv4: idField.optional(), ipv6: idField.optional() }).default({}),
  network: idField.optional(),
  network_zone: z.string().optional(),
  location: idOrNameField.optional(),
});

export type LoadBalancerOrder = z.output<typeof createFields>;

export function targetOf(target: z.output<typeof targetField>, now: number): LoadBalancerTarget {
  return {
    type: target.type,
    server: target.server?.id ?? null,
    selector: target.label_selector?.selector ?? null,
    ip: target.ip?.ip ?? null,
    usePrivateIp: target.use_private_ip,
    since: now,
  };
}
