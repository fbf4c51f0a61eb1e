import { type NodeServer, addressed } from '../run/node-server.js';
import type { PlannedServer } from '../../cluster/plan/planned-servers.js';
import type { ServerState } from '../../cluster/state/cluster-state.js';
import { OxideError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import { toServer } from '../run/api-objects.js';
import { besideBuilds, imageFor, type ImageSource } from './image-source.js';
import type { ServerOrdering } from './server-ordering.js';
import { ensureGuarded } from './server-firewall.js';
import { orderServer } from './order-server.js';

/** What all servers of the cluster are created with. */
export interface ServerPrerequisites {
  readonly networkId: number;
  readonly firewallId: number;
  readonly sshKeyId: number;
  /** The placement groups by name. */
  readonly groupIds: ReadonlyMap<string, number>;
  /** The machine configuration by pool; Hetzner hands it to the node at its first boot. */
  readonly userData: ReadonlyMap<string, string>;
  /** Of servers whose image is being made. */
  readonly images?: ImageSource | undefined;
}

export interface ServersWork {
  readonly servers: readonly PlannedServer[];
  readonly prerequisites: ServerPrerequisites;
  /** The one of the run: it remembers what Hetzner refused. */
  readonly ordering: ServerOrdering;
  /** False: what is off stays off, to be started one by one with `startServer`. */
  readonly start?: boolean;
}

/** Makes the servers that are missing and finishes those that an interrupted run left half made. */
export async function ensureServers(
  ctx: FlowContext,
  work: ServersWork,
  io: StepIo,
): Promise<readonly NodeServer[]> {
  const { servers } = work;
  let done = 0;
  const onWaiting = (fact: string): void => {
    io.detail(`${done} of ${servers.length}; ${fact}`);
  };
  const missing = servers.filter(({ existing }) => existing === undefined).length;
  const nodes = await inParallel(
    ...servers.map(async (planned) => {
      const node = await ensureServer(ctx, planned, { ...work, io, onWaiting });
      done++;
      io.detail(`${done} of ${servers.length}`);
      return node;
    }),
  );
  io.summary(missing === 0 ? `${servers.length} exist` : `${missing} of ${servers.length} made`);
  return nodes;
}

interface Making extends ServersWork {
  readonly io: StepIo;
  /** Told what Hetzner is doing for these servers. */
  readonly onWaiting: (fact: string) => void;
}

async function ensureServer(
  ctx: FlowContext,
  planned: PlannedServer,
  making: Making,
): Promise<NodeServer> {
  const { prerequisites, start = true, onWaiting } = making;
  const { hetzner, actions } = ctx;
  const id = planned.existing
    ? await finishUnderWay(ctx, planned.existing, onWaiting)
    : await createServer(ctx, planned, making);
  let server = await readServer(ctx, id, prerequisites.networkId);
  if (server.privateIp === undefined) {
    const attach = { network: prerequisites.networkId, ...addressOf(planned) };
    const begun = await hetzner.attachToNetwork(id, attach);
    await actions.wait(begun, `${planned.name}: network`, onWaiting);
  }
  if (server.status === 'off') {
    await ensureGuarded(ctx, server, prerequisites.firewallId);
    if (start) await startServer(ctx, server, onWaiting);
  }
  if (server.privateIp === undefined || server.status === 'off') {
    server = await readServer(ctx, id, prerequisites.networkId);
  }
  return addressed(server);
}

/** Switches a server on that was made stopped. */
export async function startServer(
  ctx: FlowContext,
  { id, name }: ServerState,
  onWaiting: (fact: string) => void,
): Promise<void> {
  await ctx.actions.wait(await ctx.hetzner.powerOn(id), `${name}: start`, onWaiting);
}

/** Actions that an interrupted run started may still be under way. */
async function finishUnderWay(
  ctx: FlowContext,
  existing: ServerState,
  onWaiting: (fact: string) => void,
): Promise<number> {
  const settled = existing.status === 'running' && existing.privateIp !== undefined;
  if (!settled) {
    const running = (await ctx.hetzner.serverActions(existing.id)).filter(
      ({ status }) => status === 'running',
    );
    await ctx.actions.wait(running, existing.name, onWaiting);
  }
  return existing.id;
}

/**
 * Workers start at once and take the lowest free address of the network. Control planes are made
 * stopped and get their fixed address before their first boot, because it is in the configuration
 * of every node. The firewall is there from the first moment: a node without it would be open.
 */
async function createServer(
  ctx: FlowContext,
  planned: PlannedServer,
  { prerequisites, ordering: ordering, io, onWaiting }: Making,
): Promise<number> {
  const { networkId, firewallId, sshKeyId, groupIds, userData, images } = prerequisites;
  const configuration = userData.get(planned.pool);
  if (configuration === undefined) {
    throw new Error(`the plan holds no configuration for ${planned.name}`);
  }
  const image = await imageFor(planned, images);
  const isWorker = planned.role === 'worker';
  const common = {
    name: planned.name,
    image,
    labels: planned.labels,
    ssh_keys: [sshKeyId],
    firewalls: [{ firewall: firewallId }],
    user_data: configuration,
    public_net: { enable_ipv4: true, enable_ipv6: true },
    start_after_create: isWorker,
    ...(isWorker ? { networks: [networkId] } : {}),
  };
  const { server, actions } = await ordering.place({
    ...{ planned, io },
    order: ({ type, location, group }) => {
      const placed = group === undefined ? {} : { placement_group: groupId(groupIds, group) };
      const wanted = { ...common, ...placed, server_type: type, location };
      return besideBuilds(images, () => orderServer(ctx, wanted, io));
    },
  });
  await ctx.actions.wait(actions, planned.name, onWaiting);
  return server.id;
}

function groupId(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the placement group ${name} was not made`);
  return id;
}

function addressOf(planned: PlannedServer): { ip?: string } {
  return planned.privateIp === undefined ? {} : { ip: planned.privateIp };
}

async function readServer(ctx: FlowContext, id: number, networkId: number): Promise<ServerState> {
  // One that is gone says so by the error of its own look.
  const found = (await ctx.observer.server(id)) ?? (await ctx.hetzner.server(id));
  const server = toServer(found, networkId);
  if (server) return server;
  throw new OxideError(`server ${id} lost the labels that make it a node of this cluster`, {
    hint: 'Run the same command again; it looks at everything afresh.',
  });
}
