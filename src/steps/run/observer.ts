import type { PodView } from '../../cluster/kubernetes/evictions.js';
import { clusterSelector } from '../../cluster/state/labels.js';
import type { HetznerApi } from '../../hetzner/api.js';
import { HetznerError } from '../../hetzner/errors.js';
import type { Server } from '../../hetzner/resources.js';
import type { Clock } from '../../lib/wait.js';
import { gathered } from '../../lib/gathered.js';
import type { RunTool } from '../../tools/exec.js';
import {
  getNodes,
  getPods,
  parseNodes,
  parsePodsToEvict,
  type KubeNode,
} from '../../tools/kubectl.js';

/** Looks begin at ticks of this length, ms: all who ask between two of them share one. */
const tickMs = 500;
/** As many servers as are asked for one by one; a list of all answers for more. */
const fewServers = 2;

interface Eyes {
  readonly hetzner: Pick<HetznerApi, 'server' | 'servers'>;
  readonly run: RunTool;
  readonly kubeconfig: string;
  readonly cluster: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The one observer of a run: a look at Hetzner or at Kubernetes serves all who ask at that moment,
 * so that requests and processes grow with time and not with nodes. A look begins after the
 * question: nobody gets an answer that is older than it.
 */
export class Observer {
  /** The server as it is now; undefined: it is gone. */
  readonly server: (id: number) => Promise<Server | undefined>;
  /** All nodes as Kubernetes knows them now. */
  readonly nodes: () => Promise<readonly KubeNode[]>;
  /** All pods as Kubernetes knows them now. */
  readonly pods: () => Promise<readonly PodView[]>;

  constructor({ hetzner, run, kubeconfig, cluster, clock, signal }: Eyes) {
    const pause = (): Promise<void> => clock.sleep(tickMs - (clock.steady() % tickMs), signal);
    const one = (id: number): Promise<Server | undefined> =>
      hetzner.server(id).catch((error: unknown) => {
        if (error instanceof HetznerError && error.code === 'not_found') return undefined;
        throw error;
      });
    const server = gathered(pause, async (ids: readonly number[]) => {
      if (ids.length <= fewServers) return one;
      const own = await hetzner.servers(clusterSelector(cluster));
      const missing = ids.filter((id) => !own.some((found) => found.id === id));
      // What lost its labels is not in the list of the cluster's.
      const all = missing.length > fewServers ? await hetzner.servers() : [];
      const isKnown = missing.length === 0 || missing.length > fewServers;
      return (id: number) => {
        const found = [...own, ...all].find((listed) => listed.id === id);
        return found || isKnown ? Promise.resolve(found) : one(id);
      };
    });
    const nodes = gathered(pause, async () => {
      const found = parseNodes((await run(getNodes(kubeconfig))).stdout);
      return () => Promise.resolve(found);
    });
    const pods = gathered(pause, async () => {
      const found = parsePodsToEvict((await run(getPods(kubeconfig))).stdout, new Set());
      return () => Promise.resolve(found);
    });
    this.server = server;
    this.nodes = () => nodes(undefined);
    this.pods = () => pods(undefined);
  }
}
