import type { PodView } from '../../cluster/kubernetes/evictions.js';
import { clusterSelector } from '../../cluster/state/labels.js';
import type { HetznerApi } from '../../hetzner/api.js';
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

/** How long a look waits for others who want to know the same, ms. */
const gatherMs = 200;
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
  /** The server as it is now. Throws a `HetznerError` with the code `not_found` when it is gone. */
  readonly server: (id: number) => Promise<Server>;
  /** All nodes as Kubernetes knows them now. */
  readonly nodes: () => Promise<readonly KubeNode[]>;
  /** All pods as Kubernetes knows them now. */
  readonly pods: () => Promise<readonly PodView[]>;

  constructor({ hetzner, run, kubeconfig, cluster, clock, signal }: Eyes) {
    const pause = (): Promise<void> => clock.sleep(gatherMs, signal);
    const server = gathered(pause, async (ids: readonly number[]) => {
      const listed = ids.length > fewServers ? await hetzner.servers(clusterSelector(cluster)) : [];
      // What lost its labels is not in the list.
      return (id: number) =>
        Promise.resolve(listed.find((one) => one.id === id) ?? hetzner.server(id));
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
