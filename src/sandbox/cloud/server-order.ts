import { z } from 'zod';
import { invalidField, notFound, refused } from './api-error.js';
import { checkBody } from './body.js';
import type { ServerTypeFacts } from './catalogue.js';
import type { Location } from './locations.js';
import { hostnameField, idField, idOrNameField, userDataField } from './fields.js';
import { hostFor } from './hosts.js';
import { imageFor } from './images.js';
import { labelsField } from './labels.js';
import { byIdOrName, locationNamed, serverTypeNamed } from './market.js';
import { assertPlaceable } from './placement-groups.js';
import { assertRoom, privateAddress } from './private-addresses.js';
import type { Project } from './project.js';
import { assertAssignable } from './public-addresses.js';
import type { ImageRecord, SshKeyRecord } from './records.js';

const createFields = z.strictObject({
  name: hostnameField,
  server_type: idOrNameField,
  image: idOrNameField,
  location: idOrNameField.optional(),
  start_after_create: z.boolean().default(true),
  placement_group: idField.optional(),
  ssh_keys: z.array(idOrNameField).default([]),
  volumes: z.array(idField).default([]),
  networks: z.array(idField).default([]),
  firewalls: z
    .array(z.strictObject({ firewall: idField }))
    .max(5)
    .default([]),
  user_data: userDataField.default(''),
  labels: labelsField.default({}),
  automount: z.boolean().optional(),
  public_net: z
    .strictObject({
      enable_ipv4: z.boolean().default(true),
      enable_ipv6: z.boolean().default(true),
      ipv4: idField.nullish(),
      ipv6: idField.nullish(),
    })
    .prefault({}),
});

export type Order = z.output<typeof createFields>;

/** An order whose references are all good. */
export interface Checked {
  readonly order: Order;
  readonly type: ServerTypeFacts;
  readonly image: ImageRecord;
  readonly location: Location;
  readonly host: number;
}

/** Checks an order whole, before anything is made of it. */
export function checkOrder(project: Project, body: unknown): Checked {
  const order = checkBody(createFields, body);
  const type = serverTypeNamed(order.server_type);
  const location =
    order.location === undefined ? project.market.anyLocation(type) : locationNamed(order.location);
  const image = imageFor(project, order.image, type);
  project.market.assertOrderable(type, location);
  project.assertNameFree(project.servers, order.name, { message: 'server name is already used' });
  assertAccountMay(project, order);
  for (const key of order.ssh_keys) sshKeyNamed(project, key);
  if (order.placement_group !== undefined) assertPlaceable(project, order.placement_group);
  checkNets(project, { order, location });
  checkVolumes(project, { order, location });
  const host = hostFor(project, { location: location.name, group: order.placement_group ?? null });
  return { order, type, image, location, host };
}

function assertAccountMay({ limits, servers, primaryIps }: Project, order: Order): void {
  limits.assertRoom('server_limit', servers.all().length + 1);
  const { enable_ipv4: v4, enable_ipv6: v6, ipv4, ipv6 } = order.public_net;
  const added = [v4 && typeof ipv4 !== 'number', v6 && typeof ipv6 !== 'number'].filter(Boolean);
  if (added.length > 0) {
    limits.assertRoom('primary_ip_limit', primaryIps.all().length + added.length);
  }
}

export function sshKeyNamed(project: Project, wanted: string | number): SshKeyRecord {
  const key = byIdOrName(project.sshKeys.all(), wanted);
  if (!key) throw notFound('SSH key', wanted);
  return key;
}

function checkNets(
  project: Project,
  { order, location }: { order: Order; location: Location },
): void {
  const { public_net: wish, networks, firewalls } = order;
  const hasPublic = wish.enable_ipv4 || wish.enable_ipv6;
  if (!hasPublic && networks.length === 0 && order.start_after_create) {
    throw invalidField('public_net', 'a server needs a public or a private network');
  }
  for (const { firewall } of firewalls) project.firewalls.get(firewall);
  if (!hasPublic && firewalls.length > 0) {
    throw refused('private_net_only_server', 'firewalls need a public network');
  }
  for (const [index, id] of networks.entries()) {
    const network = project.networks.get(id);
    assertRoom(project, { network, networksOfServer: index });
    privateAddress(project, network, { location: location.name });
  }
  for (const type of ['ipv4', 'ipv6'] as const) {
    const id = wish[type];
    if (typeof id === 'number') assertAssignable(project, { id, type, location: location.name });
  }
}

function checkVolumes(
  project: Project,
  { order, location }: { order: Order; location: Location },
): void {
  for (const id of order.volumes) {
    const volume = project.volumes.get(id);
    if (volume.server !== null)
      throw refused('volume_already_attached', 'volume is already attached');
    if (volume.location !== location.name) {
      throw invalidField('volumes', 'volume must be in the same location as the server');
    }
  }
}
