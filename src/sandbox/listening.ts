import { KubeCluster } from './kubernetes/cluster.js';
import type { Listener } from './machines.js';
import type { TalosWorld } from './talos/world.js';
import { phaseOf } from './talos/node-state.js';
import type { TalosNode } from './talos/talos-node.js';

interface Door {
  readonly machineId: number;
  readonly port: number;
  readonly now: number;
}

/** A machine without Talos has a login, and whatever else runs on it is not known here. */
const login: Listener = { tls: false, status: undefined };
/** gRPC, for those with a certificate of the cluster. */
const talosApi: Listener = { tls: true, status: undefined };
/** Talos switches anonymous access off (Talos source, k8s/control_plane.go). */
const kubernetesApi: Listener = { tls: true, status: 401 };
/** What a workload answers is not simulated: that it does has to do. */
const workload: Listener = { tls: false, status: 200 };

/** Who answers on a port of a machine that is on. */
export function listenerAt(talos: TalosWorld, door: Door): Listener | undefined {
  const node = talos.node(door.machineId);
  if (!node) return door.port === 22 ? login : undefined;
  const phase = phaseOf(node.state);
  if (door.port === 50_000) {
    return phase === 'running' || phase === 'maintenance' ? talosApi : undefined;
  }
  if (phase !== 'running') return undefined;
  if (door.port === 6443)
    return talos.isApiServerUp(node.state, door.now) ? kubernetesApi : undefined;
  return isNodePort(talos, node, door) ? workload : undefined;
}

interface Objects<T> {
  readonly items: readonly T[];
}

interface Service {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly externalTrafficPolicy?: string;
    readonly healthCheckNodePort?: number;
    readonly ports?: readonly { readonly nodePort?: number }[];
  };
}

interface Pod {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

/** Whether a Service has this node port, and a ready pod that the node passes it on to. */
function isNodePort(talos: TalosWorld, node: TalosNode, { port, now }: Door): boolean {
  const cluster = talos.clusterOf(node.state);
  if (!node.state.hasRegistered || !(cluster?.kube instanceof KubeCluster)) return false;
  const { kube } = cluster;
  const get = (path: string): unknown => kube.request({ method: 'GET', path }, now).body;
  const service = (get('/api/v1/services') as Objects<Service>).items.find(
    ({ spec }) =>
      spec.healthCheckNodePort === port || spec.ports?.some(({ nodePort }) => nodePort === port),
  );
  const { selector = {}, externalTrafficPolicy } = service?.spec ?? {};
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (!service || labels.length === 0) return false;
  const query = new URLSearchParams({ labelSelector: labels.join(',') }).toString();
  const here = node.state.kubernetes?.name;
  const pods = get(
    `/api/v1/namespaces/${service.metadata.namespace}/pods?${query}`,
  ) as Objects<Pod>;
  return pods.items.some(
    (pod) => isReady(pod) && (externalTrafficPolicy !== 'Local' || pod.spec.nodeName === here),
  );
}

function isReady({ status }: Pod): boolean {
  return (status.conditions ?? []).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  );
}
