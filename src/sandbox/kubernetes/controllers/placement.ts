import { meets, selects } from '../selectors.js';
import type {
  KubeNode,
  NodeSelectorTerm,
  Pod,
  PodAffinityTerm,
  PodSpec,
  Taint,
  Toleration,
} from '../workloads.js';

/** Whether a pod bears the taint. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
    if (key === undefined || key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}

/** The first taint that keeps the pod away from the node. */
export function untoleratedTaint(
  node: KubeNode,
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  return node.spec.taints?.find(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint),
  );
}

/** Whether the pod's node selector and required node affinity accept the node. */
export function wantsNode(spec: PodSpec, node: KubeNode): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !terms || terms.nodeSelectorTerms.some((term) => termAccepts(term, node));
}

/** Whether a term of node selectors accepts the node. */
export function termAccepts(
  { matchExpressions, matchFields }: NodeSelectorTerm,
  node: KubeNode,
): boolean {
  const labels = node.metadata.labels ?? {};
  const fields = { 'metadata.name': node.metadata.name };
  return (
    (matchExpressions ?? []).every((requirement) => meets(labels, requirement)) &&
    (matchFields ?? []).every((requirement) => meets(fields, requirement))
  );
}

/** The one node that the pod of a DaemonSet is made for. */
export function pinnedNode({ affinity }: PodSpec): string | undefined {
  const rules = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const field = rules?.nodeSelectorTerms[0]?.matchFields?.find(
    ({ key }) => key === 'metadata.name',
  );
  return field?.values?.[0];
}

/** Nodes' pods, grouped by topology: for the host name by node, for anything else by label value. */
export interface Placement {
  readonly nodes: readonly KubeNode[];
  readonly podsOn: ReadonlyMap<string, readonly Pod[]>;
}

/** Whether the pod's required rules about other pods accept the node. */
export function bearsNeighbours(pod: Pod, node: KubeNode, placement: Placement): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const near = (term: PodAffinityTerm): boolean => hasNeighbour(pod, { term, node, placement });
  return (
    !(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(near) &&
    (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).every(near)
  );
}

function hasNeighbour(
  pod: Pod,
  { term, node, placement }: { term: PodAffinityTerm; node: KubeNode; placement: Placement },
): boolean {
  const namespaces = term.namespaces ?? [pod.metadata.namespace ?? ''];
  const domain = node.metadata.labels?.[term.topologyKey];
  const nodes =
    term.topologyKey === 'kubernetes.io/hostname'
      ? [node]
      : placement.nodes.filter((other) => other.metadata.labels?.[term.topologyKey] === domain);
  return nodes.some((other) =>
    (placement.podsOn.get(other.metadata.name) ?? []).some(
      ({ metadata }) =>
        namespaces.includes(metadata.namespace ?? '') &&
        selects(term.labelSelector, metadata.labels),
    ),
  );
}

/** Whether a port that the pod wants of its host is used by another pod there. */
export function portsCollide(pod: Pod, present: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  return (
    wanted.length > 0 &&
    present.some((other) => hostPorts(other).some((port) => wanted.includes(port)))
  );
}

function hostPorts({ spec }: Pod): string[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol }) =>
      hostPort ? [`${protocol ?? 'TCP'}/${hostPort}`] : [],
    ),
  );
}

/** Whether the node is none that the pod would rather avoid, and one that it would like, if it says. */
export function isPreferred({ spec }: Pod, node: KubeNode): boolean {
  const isAvoided = node.spec.taints?.some(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(spec.tolerations, taint),
  );
  const liked = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return isAvoided !== true && liked.every(({ preference }) => termAccepts(preference, node));
}

/** Whether the pod's own rules of how far it may be spread unevenly still hold with it on the node. */
export function keepsSpread(pod: Pod, node: KubeNode, placement: Placement): boolean {
  const rules = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable = 'DoNotSchedule' }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  return rules.every(({ topologyKey, maxSkew, labelSelector }) => {
    const own = node.metadata.labels?.[topologyKey];
    if (own === undefined) return false;
    const counts = new Map<string, number>();
    for (const other of placement.nodes) {
      const domain = other.metadata.labels?.[topologyKey];
      if (domain === undefined || !wantsNode(pod.spec, other)) continue;
      const alike = (placement.podsOn.get(other.metadata.name) ?? []).filter(
        ({ metadata }) =>
          metadata.namespace === pod.metadata.namespace && selects(labelSelector, metadata.labels),
      );
      counts.set(domain, (counts.get(domain) ?? 0) + alike.length);
    }
    return (counts.get(own) ?? 0) + 1 - Math.min(...counts.values()) <= maxSkew;
  });
}
