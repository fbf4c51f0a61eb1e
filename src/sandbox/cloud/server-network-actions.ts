import { z } from 'zod';
import { refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField } from './fields.js';
import { assertAttachable, privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { created, type Answer, type Call } from './route.js';
import { begin, unlocked } from './server-action.js';
import { macAddress } from './server-create.js';

const ipField = z.ipv4();

export function attachToNetwork(project: Project, call: Call): Answer {
  const fields = z.strictObject({
    network: idField,
    ip: ipField.optional(),
    alias_ips: z.array(ipField).max(5).default([]),
    ip_range: z.string().optional(),
  });
  const body = checkBody(fields, call.body);
  const server = unlocked(project, call);
  const network = project.networks.get(body.network);
  project.assertUnlocked({ id: network.id, type: 'network' });
  assertAttachable(project, server, network);
  const wish = { location: server.location };
  const ip = privateAddress(project, network, { ...wish, ip: body.ip, ipRange: body.ip_range });
  for (const alias of body.alias_ips) privateAddress(project, network, { ...wish, ip: alias });
  server.privateNets.push({
    network: network.id,
    ip,
    aliasIps: body.alias_ips,
    mac: macAddress(project),
    attached: false,
  });
  const action = begin(project, server, {
    command: 'attach_to_network',
    duration: 'attachToNetwork',
    effect: { kind: 'server-attached', server: server.id, network: network.id },
    also: { id: network.id, type: 'network' },
  });
  return created({ action });
}

export function detachFromNetwork(project: Project, call: Call): Answer {
  const body = checkBody(z.strictObject({ network: idField }), call.body);
  const server = unlocked(project, call);
  const network = project.networks.get(body.network);
  if (!server.privateNets.some((net) => net.network === network.id)) {
    throw refused('server_not_attached_to_network', 'server is not attached to the network');
  }
  const action = begin(project, server, {
    command: 'detach_from_network',
    duration: 'detachFromNetwork',
    effect: { kind: 'server-detached', server: server.id, network: network.id },
    also: { id: network.id, type: 'network' },
  });
  return created({ action });
}

/** Replaces all alias addresses of the server in the network. */
export function changeAliasIps(project: Project, call: Call): Answer {
  const fields = z.strictObject({ network: idField, alias_ips: z.array(ipField).max(5) });
  const body = checkBody(fields, call.body);
  const server = unlocked(project, call);
  const network = project.networks.get(body.network);
  const net = server.privateNets.find((one) => one.network === network.id);
  if (!net) {
    throw refused('server_not_attached_to_network', 'server is not attached to the network');
  }
  for (const ip of body.alias_ips.filter((alias) => !net.aliasIps.includes(alias))) {
    privateAddress(project, network, { location: server.location, ip });
  }
  net.aliasIps = body.alias_ips;
  const also = { id: network.id, type: 'network' } as const;
  const action = { command: 'change_alias_ips', duration: 'otherAction', also } as const;
  return created({ action: begin(project, server, action) });
}
