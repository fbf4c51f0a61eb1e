import { z } from 'zod';
import { idField, idOrNameField, nameField } from './fields.js';
import { labelsField } from './labels.js';
import type { LoadBalancerService, LoadBalancerTarget } from './load-balancer-records.js';

const portField = z.int().min(1).max(65_535);

const healthCheckField = z.strictObject({
  protocol: z.enum(['tcp', 'http']),
  port: portField,
  interval: z.int().min(3).max(60),
  timeout: z.int().min(1).max(60),
  retries: z.int().min(1).max(5),
  http: z
    .strictObject({
      domain: z.string().max(128).nullable(),
      path: z.string().min(1).max(256),
      response: z.string().max(256).optional(),
      status_codes: z.array(z.string()).max(20).default(['2??', '3??']),
      tls: z.boolean().default(false),
    })
    .optional(),
});

const httpField = z.strictObject({
  cookie_name: z.string().min(1).max(100).default('HCLBSTICKY'),
  cookie_lifetime: z.int().min(30).max(86_400).default(300),
  timeout_idle: z.int().min(30).max(300).default(50),
  certificates: z.array(idField).default([]),
  redirect_http: z.boolean().default(false),
  sticky_sessions: z.boolean().default(false),
});

export const serviceField = z.strictObject({
  protocol: z.enum(['tcp', 'http', 'https']),
  listen_port: portField,
  destination_port: portField,
  proxyprotocol: z.boolean().default(false),
  health_check: healthCheckField.optional(),
  http: httpField.optional(),
});

export const targetField = z.strictObject({
  type: z.enum(['server', 'label_selector', 'ip']),
  server: z.strictObject({ id: idField }).optional(),
  label_selector: z.strictObject({ selector: z.string().min(1).max(1000) }).optional(),
  ip: z.strictObject({ ip: z.string() }).optional(),
  use_private_ip: z.boolean().default(false),
});

export const createFields = z.strictObject({
  name: nameField(128),
  load_balancer_type: idOrNameField,
  algorithm: z
    .strictObject({ type: z.enum(['round_robin', 'least_connections']) })
    .default({ type: 'round_robin' }),
  services: z.array(serviceField).default([]),
  targets: z.array(targetField).default([]),
  labels: labelsField.default({}),
  public_interface: z.boolean().default(true),
  network: idField.optional(),
  network_zone: z.string().optional(),
  location: idOrNameField.optional(),
});

/** A service with the defaults that the API fills in (hcloud CLI end-to-end tests omit them). */
export function completeService(service: z.output<typeof serviceField>): LoadBalancerService {
  const { protocol, listen_port, destination_port, proxyprotocol } = service;
  const standard = {
    protocol: 'tcp',
    port: destination_port,
    interval: 15,
    timeout: 10,
    retries: 3,
  } as const;
  return {
    protocol,
    listen_port,
    destination_port,
    proxyprotocol,
    health_check: service.health_check ?? standard,
    ...(protocol === 'tcp' ? {} : { http: service.http ?? httpField.parse({}) }),
  };
}

export function targetOf(target: z.output<typeof targetField>): LoadBalancerTarget {
  return {
    type: target.type,
    server: target.server?.id ?? null,
    selector: target.label_selector?.selector ?? null,
    ip: target.ip?.ip ?? null,
    usePrivateIp: target.use_private_ip,
  };
}
