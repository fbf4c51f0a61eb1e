import { timings } from '../../src/sandbox/timings.js';
import { clusterYaml, shortYaml } from '../helpers/cluster-yaml.js';
import {
  beginFrom,
  openRehearsal,
  prepared,
  type Prepared,
  type Rehearsal,
} from '../helpers/open-rehearsal.js';
import { addSlowPods, destroyCluster, lookAtCluster, makeCluster, scaleTo } from './commands.js';
import { inWorld, measure, type Command, type Figures } from './measure.js';
import type { Wire } from './wire.js';

/** By the name of the figure. */
export type Numbers = Readonly<Record<string, number>>;

/** What no create can do without, in seconds: the servers, a boot, Kubernetes, and the pods' network. */
export const pathSeconds =
  timings.createServer +
  timings.attachToNetwork +
  timings.startServer +
  timings.boot +
  timings.kubernetesApi +
  timings.kubeletRegister +
  timings.ciliumAgent;

/** What no image can do without: a server that is made, boots its rescue system and writes, and its snapshot. */
const imagePathSeconds =
  timings.createServer +
  timings.otherAction +
  timings.startServer +
  timings.rescueBoot +
  timings.imageTransfer +
  timings.stopServer +
  timings.createImage;

const near: Wire = { latencyMs: 0 };
/** Requests and orders as the real API has them on a good day. */
export const usual: Wire = { latencyMs: 200, orderMs: 1_000 };
/** The same, from a machine of two cores on which a tool needs a tenth of a second to start. */
const usualMachine: Wire = { ...usual, toolMs: 100 };

const wires = [
  ['0 ms', near],
  ['100 ms', { latencyMs: 100 }],
  ['300 ms', { latencyMs: 300 }],
  ['200 ms, an order 1 s', usual],
] as const;
type WireName = (typeof wires)[number][0];

/** A create of a cluster that is not there yet. */
export function creation(workers: number, wire: Wire): Promise<Figures> {
  return inWorld(clusterYaml(3, workers), (rehearsal) => measure(rehearsal, makeCluster, wire));
}

/** How long creates of this size take, and how often they ask. */
export async function creationFigures(
  workers: number,
  which: readonly WireName[] = wires.map(([name]) => name),
): Promise<Numbers> {
  const shape = `3+${workers}`;
  const numbers: Record<string, number> = {};
  for (const [text, wire] of wires) {
    if (!which.includes(text)) continue;
    const { seconds, requests } = await creation(workers, wire);
    numbers[`create ${shape}, requests ${text}: times the path`] = seconds / pathSeconds;
    if (wire === near) {
      numbers[`create ${shape}: requests per node`] = requests / (3 + workers);
    }
  }
  return numbers;
}

/** What a create takes longer, and asks more, when it has to make its image. */
export async function imageFigures(
  workers: number,
  which: readonly WireName[] = ['0 ms', '200 ms, an order 1 s'],
): Promise<Numbers> {
  const yaml = clusterYaml(3, workers);
  const numbers: Record<string, number> = {};
  for (const [text, wire] of wires) {
    if (!which.includes(text)) continue;
    const without = await creation(workers, wire);
    const empty = () => openRehearsal(yaml, { empty: true });
    const made = await inWorld(empty, (rehearsal) => measure(rehearsal, makeCluster, wire));
    const more = made.seconds - without.seconds;
    numbers[`an image, requests ${text}: times its path`] = more / imagePathSeconds;
    if (wire === near) numbers['an image: requests'] = made.requests - without.requests;
  }
  return numbers;
}

/** A cluster whose file says nothing: with addons, and a load balancer before its control planes. */
export async function defaultFigures(): Promise<Numbers> {
  const made = await inWorld(shortYaml(3, 3), (rehearsal) =>
    measure(rehearsal, makeCluster, usual),
  );
  const status = await onCopyOf(await preparedCluster(shortYaml(3, 97)), {
    command: lookAtCluster,
  });
  return {
    'create 3+3 as it is unless told, requests 200 ms, an order 1 s: seconds above the path':
      made.seconds - pathSeconds,
    'create 3+3 as it is unless told: requests': made.requests,
    'create 3+3 as it is unless told: processes': made.processes,
    'status at 100 nodes as they are unless told: processes': status.processes,
    'status at 100 nodes as they are unless told: requests': status.requests,
  };
}

/** A cluster for several measurements, each of which gets a copy. */
export function clusterOf(workers: number): Promise<Prepared> {
  return preparedCluster(clusterYaml(3, workers));
}

async function preparedCluster(yaml: string): Promise<Prepared> {
  const rehearsal = await openRehearsal(yaml);
  await makeCluster(rehearsal.run());
  return prepared(yaml, rehearsal);
}

interface Change {
  readonly command: Command;
  readonly wire?: Wire;
  readonly before?: (rehearsal: Rehearsal) => Promise<void>;
}

function onCopyOf(cluster: Prepared, { command, wire, before }: Change): Promise<Figures> {
  return inWorld(
    () => beginFrom(cluster),
    async (rehearsal) => {
      await before?.(rehearsal);
      return measure(rehearsal, command, wire);
    },
  );
}

/** How a cluster with this many workers becomes smaller, shows its status and goes. */
export async function changeFigures(
  cluster: Prepared,
  { workers, fewer }: { readonly workers: number; readonly fewer: number },
): Promise<Numbers> {
  const less = (by: number): Command => scaleTo('worker', workers - by);
  const wire = usualMachine;
  const one = await onCopyOf(cluster, { command: less(1), wire });
  const many = await onCopyOf(cluster, { command: less(fewer), wire });
  const slow = await onCopyOf(cluster, {
    ...{ command: less(fewer), wire },
    before: (rehearsal) => addSlowPods(rehearsal, workers),
  });
  const status = await onCopyOf(cluster, { command: lookAtCluster });
  const gone = await onCopyOf(cluster, { command: destroyCluster });
  const nodes = 3 + workers;
  return {
    [`scale −${fewer} ÷ −1, empty nodes`]: many.seconds / one.seconds,
    [`scale −${fewer}, pods that take 30 s to end: seconds`]: slow.seconds,
    [`scale −${fewer}: processes`]: many.processes,
    [`scale −${fewer}: requests`]: many.requests,
    [`scale −${fewer}: processes at once`]: many.atOnce,
    [`status at ${nodes} nodes: processes`]: status.processes,
    [`status at ${nodes} nodes: requests`]: status.requests,
    [`destroy of ${nodes} nodes: requests per node`]: gone.requests / nodes,
  };
}

/** How a cluster of three control planes gets two more. */
export async function controlPlaneFigures(cluster: Prepared): Promise<Numbers> {
  const { seconds, processes } = await onCopyOf(cluster, {
    command: scaleTo('control-plane', 5),
  });
  return {
    'control planes 3→5: seconds': seconds,
    'control planes 3→5: processes': processes,
  };
}

/** How a scale by many goes with as few requests as a create may find. */
export async function scarceFigures(
  cluster: Prepared,
  { workers, fewer, left }: { readonly [name in 'workers' | 'fewer' | 'left']: number },
): Promise<Numbers> {
  const command = scaleTo('worker', workers - fewer);
  const drained = await onCopyOf(cluster, {
    command,
    before: ({ world, clock }) => {
      world.cloud.drainRateLimit(clock.now(), left);
      return Promise.resolve();
    },
  });
  const full = await onCopyOf(cluster, { command });
  return {
    [`scale −${fewer} with ${left} requests left: times that with all`]:
      drained.seconds / full.seconds,
  };
}

/** How a create goes when other clients have used up most of the hour's requests. */
export async function budgetFigures(workers: number, left: number): Promise<Numbers> {
  const full = await creation(workers, near);
  return inWorld(clusterYaml(3, workers), async (rehearsal) => {
    const { cloud } = rehearsal.world;
    cloud.drainRateLimit(rehearsal.clock.now(), left);
    const { seconds } = await measure(rehearsal, makeCluster);
    return {
      [`create 3+${workers} with ${left} requests left: times that with all`]:
        seconds / full.seconds,
    };
  });
}
