import { clusterSelector, labelKeys } from '../../cluster/state/labels.js';
import { leaseLabels, readLease, type Lease } from '../../cluster/state/lease.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import type { HetznerApi } from '../../hetzner/api.js';
import { HetznerError } from '../../hetzner/errors.js';
import { inTheConsole, oxide } from '../../lib/commands.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { idLifeMs } from '../../lib/lock-file.js';
import { formatDuration, timeOfDay } from '../../lib/format.js';
import type { FlowContext } from './context.js';
import { toServer } from './api-objects.js';

/** How long a killed run keeps others out: longer than Hetzner is ever away for. */
const leaseMs = idLifeMs;
const renewMs = 3 * 60_000;
/** Two runs that find the cluster free at the same moment both write; after this both see who was last. */
const settleMs = 2_000;

/** What a network has to have for a lease on it. */
interface LeasedNetwork {
  readonly id: number;
  readonly labels: Labels;
}

type Servers = readonly { readonly id: number }[];

/**
 * Does work that changes the cluster while no other machine does: a label of its network names who
 * works on it, and until when. Throws a PreconditionError when somebody else does, and an OxideError
 * when its servers are no longer those that the plan was made from (`seen`). Given back at the end, however that comes.
 */
export async function withLease<T>(
  ctx: FlowContext,
  seen: Servers | undefined,
  work: (lease: ClusterLease) => Promise<T>,
): Promise<T> {
  const lease = new ClusterLease(ctx);
  let result: T;
  try {
    await lease.take();
    if (seen) await demandUnchanged(ctx, seen);
    result = await work(lease);
  } catch (error) {
    const loss = await lease.giveBack();
    // What fails in a cluster that somebody else changes meanwhile fails because of that.
    throw loss && error instanceof HetznerError ? loss : error;
  }
  await lease.giveBack();
  return result;
}

/** While the plan was shown, a run that has ended since may have changed what it was made from. */
async function demandUnchanged({ hetzner, config }: FlowContext, seen: Servers): Promise<void> {
  const servers = await hetzner.servers(clusterSelector(config.cluster_name));
  const now = servers.flatMap((server) => toServer(server, undefined)?.id ?? []);
  const before = seen.map(({ id }) => id);
  if (now.length === before.length && now.every((id) => before.includes(id))) return;
  throw new OxideError('the servers of the cluster are not those that the plan was made from', {
    hint: 'Somebody else changed them meanwhile. Nothing was changed; the same command looks again.',
  });
}

/** The right to change a cluster, for the time of one run. */
export class ClusterLease {
  readonly #ctx: FlowContext;
  readonly #ended = new AbortController();
  #network: number | undefined;
  #keeping: Promise<void> = Promise.resolve();
  /** Other runs see it. */
  #held = false;
  #deletesNetwork = false;

  constructor(ctx: FlowContext) {
    this.#ctx = ctx;
  }

  /** The label that says that this run works on the cluster, from now on. */
  labels(): Labels {
    const { id, host } = this.#ctx.holder;
    return leaseLabels({ id, host, until: this.#ctx.hetzner.now() + leaseMs });
  }

  /** Takes the lease of a cluster whose network exists; a new network is made with the label. */
  async take(): Promise<void> {
    const { hetzner, config, clock, signal, holder } = this.#ctx;
    const [network] = await hetzner.networks(clusterSelector(config.cluster_name));
    if (!network) return;
    if (!holder.takesOver) this.#refuseOthers(network);
    // From here on it may stand, also when the answer is lost.
    holder.hasLease = true;
    this.#network = network.id;
    await hetzner.updateNetworkLabels(network.id, this.labels(), network.labels);
    await clock.sleep(settleMs, signal);
    this.#refuseOthers(await hetzner.network(network.id));
    this.#held = true;
    this.#keeping = this.#keep(network.id);
  }

  /** Says that the network was made by this run. One that another run made a moment before is refused. */
  made(network: LeasedNetwork): void {
    this.#refuseOthers(network);
    this.#ctx.holder.hasLease = true;
    this.#network = network.id;
    this.#held = true;
    this.#keeping = this.#keep(network.id);
  }

  /** From here on the network may go: this run deletes it. */
  deletesNetwork(): void {
    this.#deletesNetwork = true;
  }

  /** The network is gone, and the lease with it. */
  networkDeleted(): void {
    this.#network = undefined;
    this.#ctx.holder.hasLease = false;
  }

  /**
   * Takes the label off, also after an interrupt. What cannot be taken off ends by itself. Returns
   * who has taken the cluster from this run meanwhile.
   */
  async giveBack(): Promise<OxideError | undefined> {
    this.#ended.abort();
    await this.#keeping;
    const { holder } = this.#ctx;
    const id = this.#network;
    if (id === undefined) return undefined;
    const hetzner = this.#ctx.lastly();
    try {
      const { labels } = await hetzner.network(id);
      const lease = readLease(labels);
      const mine = lease && this.#isMine(lease);
      if (mine) await hetzner.updateNetworkLabels(id, { [labelKeys.lease]: undefined }, labels);
      holder.hasLease = false;
      return this.#held && lease && !mine ? takenOver(lease) : undefined;
    } catch (error) {
      if (!(error instanceof OxideError)) throw error;
      // Left to its end: the next run from here takes it over.
      if (!isGone(error)) return undefined;
      holder.hasLease = false;
      return await this.#whoDeleted(hetzner).catch(() => undefined);
    }
  }

  /** Renews it until the run ends. A run that has lost it stops: two at once would undo each other. */
  async #keep(networkId: number): Promise<void> {
    const { hetzner, clock, signal, stop } = this.#ctx;
    const ended = AbortSignal.any([signal, this.#ended.signal]);
    for (;;) {
      try {
        await clock.sleep(renewMs, ended, { background: true });
        const { labels } = await hetzner.network(networkId);
        const lease = readLease(labels);
        if (lease && !this.#isMine(lease)) {
          stop(takenOver(lease));
          return;
        }
        await hetzner.updateNetworkLabels(networkId, this.labels(), labels);
      } catch (error) {
        if (ended.aborted) return;
        if (isGone(error)) {
          const loss = await this.#whoDeleted(hetzner).catch(() => undefined);
          if (loss) stop(loss);
          return;
        }
        // Hetzner may be away for a moment; the lease lasts for some renewals.
        if (!(error instanceof OxideError)) throw error;
      }
    }
  }

  /** The network is gone. Whoever makes the cluster anew has a lease on another one. */
  async #whoDeleted(hetzner: HetznerApi): Promise<OxideError | undefined> {
    if (this.#deletesNetwork || !this.#held) return undefined;
    const { cluster_name: cluster } = this.#ctx.config;
    const [network] = await hetzner.networks(clusterSelector(cluster));
    const lease = readLease(network?.labels ?? {});
    return lease && !this.#isMine(lease) ? takenOver(lease) : networkGone(cluster);
  }

  #refuseOthers({ labels }: LeasedNetwork): void {
    const { hetzner, clock, config } = this.#ctx;
    const lease = readLease(labels);
    if (!lease || this.#isMine(lease)) return;
    // By Hetzner's clock, which all machines share: their own may be hours apart.
    const leftMs = lease.until - hetzner.now();
    if (leftMs > 0) throw heldBy(lease, config.cluster_name, { leftMs, now: clock.now() });
  }

  #isMine({ id, host }: Lease): boolean {
    const own = readLease(this.labels());
    return own?.id === id && own.host === host;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof HetznerError && error.code === 'not_found';
}

function heldBy(
  { host }: Lease,
  cluster: string,
  { leftMs, now }: { readonly leftMs: number; readonly now: number },
): PreconditionError {
  return new PreconditionError(
    `another oxide is at work on the cluster "${cluster}", on ${host}`,
    'Wait until it has ended. If it was killed, the cluster is free at ' +
      `${timeOfDay(now + leftMs)} (in ${formatDuration(leftMs)}).\n` +
      'If it cannot be running any more: the same command with --break-lock',
    'lock.held',
  );
}

function takenOver({ host }: Lease): OxideError {
  return new OxideError(`another oxide, on ${host}, has taken this cluster over (--break-lock)`, {
    hint: 'This one stops, because two at once would undo each other. Nothing is lost; when the other has ended, the same command goes on.',
  });
}

function networkGone(cluster: string): OxideError {
  return new OxideError(
    `the network of the cluster "${cluster}" was deleted while this run worked on it`,
    {
      hint: `By another oxide (destroy --break-lock), or by somebody ${inTheConsole}. What is left shows: ${oxide`status`}`,
    },
  );
}
