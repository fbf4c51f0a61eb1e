import { controllerOf } from '../objects.js';
import { added, allocatableOf, neededBy, type Amounts } from '../pod-resources.js';
import { isFinished, type KubeNode, type Pod } from '../workloads.js';
import {
  bearsNeighbours,
  isPreferred,
  keepsSpread,
  portsCollide,
  untoleratedTaint,
  wantsNode,
} from './placement.js';

/** Why a pod cannot run on a node. */
export interface Refusal {
  readonly reasons: readonly string[];
  /** No pod of that node could make room for it. */
  readonly isFinal: boolean;
}

/** The nodes and what runs on them, as the scheduler fills them one pod after the other. */
export class NodeBoard {
  readonly nodes: readonly KubeNode[];
  readonly podsOn: ReadonlyMap<string, Pod[]>;
  readonly #used = new Map<string, Amounts>();

  constructor(nodes: readonly KubeNode[], pods: readonly Pod[]) {
    this.nodes = nodes;
    this.podsOn = new Map(nodes.map((node) => [node.metadata.name, []]));
    for (const pod of pods) if (!isFinished(pod)) this.place(pod);
  }

  place(pod: Pod): void {
    const name = pod.spec.nodeName ?? '';
    const present = this.podsOn.get(name);
    if (!present) return;
    present.push(pod);
    this.#used.set(name, added(this.#used.get(name) ?? {}, neededBy(pod)));
  }

  /** Why the pod cannot run on the node; undefined when it can. */
  refusal(pod: Pod, node: KubeNode): Refusal | undefined {
    const final = (reason: string): Refusal => ({ reasons: [reason], isFinal: true });
    const taint = untoleratedTaint(node, pod.spec.tolerations);
    if (taint && node.spec.unschedulable === true) return final('node(s) were unschedulable');
    if (taint) {
      return final(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
    }
    if (!wantsNode(pod.spec, node))
      return final("node(s) didn't match Pod's node affinity/selector");
    const passing = (reason: string): Refusal => ({ reasons: [reason], isFinal: false });
    if (portsCollide(pod, this.podsOn.get(node.metadata.name) ?? [])) {
      return passing("node(s) didn't have free ports for the requested pod ports");
    }
    const scarce = this.#scarce(pod, node);
    if (scarce) return scarce;
    if (!keepsSpread(pod, node, this)) {
      return passing("node(s) didn't match pod topology spread constraints");
    }
    if (bearsNeighbours(pod, node, this)) return undefined;
    return passing("node(s) didn't match pod affinity/anti-affinity rules");
  }

  #scarce(pod: Pod, node: KubeNode): Refusal | undefined {
    const { name } = node.metadata;
    const room = allocatableOf(node.status);
    const used = this.#used.get(name) ?? {};
    const count = this.podsOn.get(name)?.length ?? 0;
    const needed = Object.entries(neededBy(pod)).filter(([, amount]) => amount > 0);
    const missing = needed.filter(
      ([resource, amount]) => (used[resource] ?? 0) + amount > (room[resource] ?? 0) + 1e-9,
    );
    const reasons = [
      ...(count >= (room['pods'] ?? 110) ? ['Too many pods'] : []),
      ...missing.map(([resource]) => `Insufficient ${resource}`),
    ];
    if (reasons.length === 0) return undefined;
    return {
      reasons,
      isFinal: missing.some(([resource, amount]) => amount > (room[resource] ?? 0)),
    };
  }

  /**
   * The node that suits the pod best: few others of its kind, what it prefers, most room. The real
   * scheduler weighs the same, and decides between equals by chance.
   */
  best(pod: Pod, fitting: readonly KubeNode[]): KubeNode | undefined {
    const owner = controllerOf(pod)?.uid;
    let best: { node: KubeNode; score: readonly number[] } | undefined;
    for (const node of fitting) {
      const present = this.podsOn.get(node.metadata.name) ?? [];
      const twins =
        owner === undefined
          ? 0
          : present.filter((item) => controllerOf(item)?.uid === owner).length;
      const score = [isPreferred(pod, node) ? 0 : 1, twins, this.#usage(node), present.length];
      if (!best || isLess(score, best.score)) best = { node, score };
    }
    return best?.node;
  }

  /** How full a node is of what is scarcest on it. */
  #usage({ metadata, status }: KubeNode): number {
    const room = allocatableOf(status);
    const used = this.#used.get(metadata.name) ?? {};
    return Math.max(...['cpu', 'memory'].map((name) => (used[name] ?? 0) / (room[name] || 1)));
  }
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
}
