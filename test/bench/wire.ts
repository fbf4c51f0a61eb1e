import { limitConcurrency } from '../../src/lib/concurrency-limit.js';
import type { HetznerApi } from '../../src/hetzner/api.js';
import type { Invocation } from '../../src/tools/exec.js';
import type { Clock } from '../../src/lib/wait.js';

/** How far away Hetzner is, and how slow the machine: what takes simulated time beside the waits. */
export interface Wire {
  /** A request's way there and back. */
  readonly latencyMs: number;
  /** For an order of a server, when that takes longer. */
  readonly orderMs?: number;
  /** What a call of a tool needs of one of the machine's two cores. */
  readonly toolMs?: number;
}

/** Connections that the client of the API opens at most (src/hetzner/api.ts). */
const connections = 10;

/** Cores of the machine on which the tools run. */
const cores = 2;

/** What asks nobody computes while the clock stands still. */
const offline = ['gen', 'validate', 'machineconfig'];

/** Lets a call of a tool happen when a core has started it. */
export function onTwoCores(
  clock: Clock,
  { toolMs = 0 }: Wire,
): (call: Invocation) => Promise<void> {
  const core = limitConcurrency(cores);
  return async ({ args }) => {
    if (toolMs === 0 || offline.includes(args[0] ?? '')) return;
    await core(() => clock.sleep(toolMs));
  };
}

/** The clock of a client whose requests take time: half of it before they arrive, half on the way back. */
export function distant(clock: Clock, { latencyMs }: Wire): Clock {
  if (latencyMs === 0) return clock;
  const onTheWire = limitConcurrency(connections);
  return {
    speed: clock.speed,
    now: () => clock.now(),
    steady: () => clock.steady(),
    sleep: (...wait) => clock.sleep(...wait),
    during: (work, options) =>
      onTheWire(async () => {
        await clock.sleep(latencyMs / 2);
        const result = await clock.during(work, options);
        await clock.sleep(latencyMs / 2);
        return result;
      }),
  };
}

/** The same API, whose orders of servers take as long as the wire says. */
export function slowOrders(hetzner: HetznerApi, clock: Clock, wire: Wire): HetznerApi {
  const more = (wire.orderMs ?? wire.latencyMs) - wire.latencyMs;
  if (more <= 0) return hetzner;
  return {
    ...hetzner,
    createServer: async (order) => {
      await clock.sleep(more);
      return hetzner.createServer(order);
    },
  };
}
