import { renderAction } from './actions.js';
import type { ActionRecord } from './action-records.js';
import { privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { createPrimaryIp } from './public-addresses.js';
import type { PrivateNet, ServerRecord } from './records.js';
import { created, type Answer, type Call } from './route.js';
import { checkOrder, sshKeyNamed, type Checked, type Order } from './server-order.js';
import { renderServer } from './server-view.js';

/** POST /servers: everything is checked before anything is made. */
export function createServer(project: Project, call: Call): Answer {
  const checked = checkOrder(project, call.body);
  const server = build(project, checked);
  const self = { id: server.id, type: 'server' } as const;
  const action = project.start({
    command: 'create_server',
    resources: [self, { id: checked.image.id, type: 'image' }],
    duration: 'createServer',
    effect: { kind: 'server-created', server: server.id },
    locks: self,
  });
  const next: ActionRecord[] = [];
  if (checked.order.start_after_create) {
    next.push(
      project.start({
        command: 'start_server',
        resources: [self],
        duration: 'startServer',
        effect: { kind: 'server-started', server: server.id },
        after: action,
        locks: self,
      }),
    );
  }
  for (const id of checked.order.volumes) project.volumes.get(id).server = server.id;
  return created({
    server: renderServer(project, server),
    action: renderAction(action),
    next_actions: next.map(renderAction),
    // Without a key Hetzner generates a password; Talos has no use for either.
    root_password: checked.order.ssh_keys.length > 0 ? null : project.random.hex(20),
  });
}

function build(project: Project, { order, type, image, location, host }: Checked): ServerRecord {
  const id = project.newId();
  const privateNets = order.networks.map((networkId): PrivateNet => {
    const network = project.networks.get(networkId);
    const ip = privateAddress(project, network, { location: location.name });
    return { network: networkId, ip, aliasIps: [], mac: macAddress(project), attached: false };
  });
  return project.servers.add({
    id,
    name: order.name,
    created: project.now,
    labels: order.labels,
    status: 'initializing',
    serverType: type.name,
    location: location.name,
    imageId: image.id,
    disk: image.content,
    userData: order.user_data,
    protection: false,
    sshKeys: order.ssh_keys.map((key) => sshKeyNamed(project, key).publicKey),
    rescueNext: null,
    inRescue: false,
    poweredOnAt: null,
    offAt: null,
    ipv4: assignPrimaryIp(project, { order, type: 'ipv4', server: id, location: location.name }),
    ipv6: assignPrimaryIp(project, { order, type: 'ipv6', server: id, location: location.name }),
    privateNets,
    firewalls: order.firewalls.map(({ firewall }) => ({
      firewall,
      bySelector: false,
      applied: false,
      appliesAt: null,
    })),
    placementGroup: order.placement_group ?? null,
    host,
  });
}

function assignPrimaryIp(
  project: Project,
  wish: { order: Order; type: 'ipv4' | 'ipv6'; server: number; location: string },
): number | null {
  const { order, type, server, location } = wish;
  if (!order.public_net[`enable_${type}`]) return null;
  const given = project.primaryIps.find(order.public_net[type] ?? null);
  if (!given) return createPrimaryIp(project, { type, location, server, autoDelete: true }).id;
  given.server = server;
  return given.id;
}

export function macAddress(project: Project): string {
  const digits = project.random.hex(8).match(/../g) ?? [];
  return `86:00:${digits.join(':')}`;
}
