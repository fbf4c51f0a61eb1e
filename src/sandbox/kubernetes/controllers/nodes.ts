import { durationOf } from '../../timings.js';
import { addressAt, ipv4Range } from '../ip-ranges.js';
import { tell, type Note } from '../events.js';
import { same } from '../json.js';
import { timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState, Kubelet } from '../state.js';
import { isReady, type KubeNode, type Pod, type Taint } from '../workloads.js';

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const noNetwork =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
  'message:Network plugin returns error: cni plugin not initialized';

/** Size of the pod range of one node: the controller manager's default. */
const nodeMaskSize = 24;

/** Keeps nodes' conditions, taints and pod ranges in step with their kubelets. */
export function reconcileNodes(state: KubeState): void {
  const nodes = state.store.list('nodes');
  allocatePodRanges(state, nodes);
  const networked = nodesWithAgent(state);
  for (const node of state.store.list('nodes')) {
    const { name } = node.metadata;
    const kubelet = state.kubelets.get(name);
    if (!kubelet) continue;
    const seen = kubelet.alive && !kubelet.hasCni && networked.has(name);
    const current = seen ? { ...kubelet, hasCni: true } : kubelet;
    if (seen) state.kubelets.set(name, current);
    reconcileNode(state, node, current);
  }
}

/** The timer that runs while a node has not been heard of. */
function silence(name: string): string {
  return `silence/${name}`;
}

function reconcileNode(state: KubeState, node: KubeNode, kubelet: Kubelet): void {
  const { name } = node.metadata;
  let { conditions } = node.status;
  if (kubelet.alive) {
    state.timers.cancel(silence(name));
    conditions = reportedConditions(conditions, kubelet, state.now);
  } else {
    const at = kubelet.since + durationOf('nodeGracePeriod');
    if (state.now >= at) conditions = lostConditions(conditions, state.now);
    else state.timers.start(silence(name), at);
  }
  tellOfReadiness(state, node, conditions);
  const taints = wantedTaints(node, conditions, state.now);
  const { taints: before, ...spec } = node.spec;
  const hasSameTaints = same(before ?? [], taints);
  if (hasSameTaints && same(conditions, node.status.conditions)) return;
  state.store.put('nodes', {
    ...node,
    spec: hasSameTaints ? node.spec : { ...spec, ...(taints.length > 0 ? { taints } : {}) },
    status: { ...node.status, conditions },
  });
}

function tellOfReadiness(state: KubeState, node: KubeNode, conditions: readonly Condition[]): void {
  const { name } = node.metadata;
  const readiness = (all: readonly Condition[]): string | undefined =>
    all.find(({ type }) => type === 'Ready')?.status;
  const [before, after] = [readiness(node.status.conditions), readiness(conditions)];
  const told = (by: string, reason: string, message: string): void => {
    const note: Note = { by, reason, message };
    tell(state, node, by === 'kubelet' ? { ...note, host: name } : note);
  };
  if (before === undefined) {
    told('kubelet', 'Starting', 'Starting kubelet.');
    for (const condition of healthy) {
      const reason = condition.reason?.replace('Kubelet', 'Node') ?? '';
      told('kubelet', reason, `Node ${name} status is now: ${reason}`);
    }
    told(
      'node-controller',
      'RegisteredNode',
      `Node ${name} event: Registered Node ${name} in Controller`,
    );
  }
  if (before === after || (before === undefined && after !== 'True')) return;
  const change = after === 'True' ? 'NodeReady' : 'NodeNotReady';
  told(
    after === 'Unknown' ? 'node-controller' : 'kubelet',
    change,
    `Node ${name} status is now: ${change}`,
  );
}

const healthy: readonly Condition[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
];

function reportedConditions(
  before: readonly Condition[],
  { hasCni }: Kubelet,
  now: number,
): readonly Condition[] {
  const readiness: Condition = hasCni
    ? {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
      }
    : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: noNetwork };
  const network: Condition[] = hasCni
    ? [
        {
          type: 'NetworkUnavailable',
          status: 'False',
          reason: 'CiliumIsUp',
          message: 'Cilium is running on this node',
        },
      ]
    : [];
  let conditions = before;
  for (const wanted of [...network, ...healthy, readiness]) {
    const present = conditions.find((condition) => condition.type === wanted.type);
    if (present?.status === wanted.status && present.reason === wanted.reason) continue;
    const heard = { ...wanted, lastHeartbeatTime: timestamp(now) };
    conditions = withCondition(conditions, heard, now);
  }
  return conditions;
}

function lostConditions(before: readonly Condition[], now: number): readonly Condition[] {
  let conditions = before;
  for (const present of before) {
    if (present.type === 'NetworkUnavailable' || present.status === 'Unknown') continue;
    const lost: Condition = {
      ...present,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    };
    conditions = withCondition(conditions, lost, now);
  }
  return conditions;
}

function wantedTaints(node: KubeNode, conditions: readonly Condition[], now: number): Taint[] {
  const before = node.spec.taints ?? [];
  const others = before.filter(
    ({ key, effect }) =>
      !(key === notReady || key === unreachable) &&
      !(key === unschedulable && effect === 'NoSchedule'),
  );
  const ready = conditions.find((condition) => condition.type === 'Ready')?.status;
  const wanted: Taint[] = [];
  if (node.spec.unschedulable === true) wanted.push({ key: unschedulable, effect: 'NoSchedule' });
  if (ready !== 'True') {
    const key = ready === 'Unknown' ? unreachable : notReady;
    wanted.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' });
  }
  const dated = wanted.map((taint) => {
    const isSame = ({ key, effect }: Taint): boolean =>
      key === taint.key && effect === taint.effect;
    return before.find(isSame) ?? { ...taint, timeAdded: timestamp(now) };
  });
  return [...others, ...dated];
}

/** The nodes on which an agent of Cilium runs: it writes the CNI configuration. */
function nodesWithAgent(state: KubeState): Set<string> {
  const pods = state.store.list('pods', 'kube-system');
  return new Set(
    pods.flatMap((pod) => (isCiliumAgent(pod) && isReady(pod) ? [pod.spec.nodeName ?? ''] : [])),
  );
}

/** A pod of the DaemonSet `kube-system/cilium`. */
export function isCiliumAgent({ metadata }: Pod): boolean {
  const owner = metadata.ownerReferences?.[0];
  return (
    metadata.namespace === 'kube-system' && owner?.kind === 'DaemonSet' && owner.name === 'cilium'
  );
}

function allocatePodRanges(state: KubeState, nodes: readonly KubeNode[]): void {
  const waiting = nodes.filter((node) => node.spec.podCIDR === undefined);
  if (waiting.length === 0) return;
  const range = ipv4Range(state.options.podCidr);
  const taken = new Set(nodes.map((node) => node.spec.podCIDR));
  const size = 2 ** (32 - nodeMaskSize);
  let start = 0;
  for (const node of waiting) {
    while (taken.has(`${addressAt(range, start)}/${nodeMaskSize}`)) start += size;
    // The range is used up: the node stays without, and no agent on it ever becomes ready.
    if (range.first + start + size - 1 > range.last) return;
    const podCIDR = `${addressAt(range, start)}/${nodeMaskSize}`;
    taken.add(podCIDR);
    state.store.put('nodes', { ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] } });
  }
}
