import { listOr, objectOr, stringOr, valueAt } from '../../json.js';
import type { KubeState } from '../../state.js';
import { isFinished, type KubeNode, type Pod } from '../../workloads.js';
import { classOf, claimsOf, phaseOf } from './claim-reading.js';
import { termAccepts } from '../placement.js';
import type { Refusal } from '../scheduler-board.js';
import { csiVolumesOf, nodeDriver } from './csi.js';

/** Why a node cannot have a pod because of its volumes, asked for many nodes. */
export type VolumeFit = (node: KubeNode) => Refusal | undefined;

/** Kubernetes source, pkg/scheduler/framework/plugins: volumebinding and nodevolumelimits. */
export function volumeFit(state: KubeState, pod: Pod): VolumeFit {
  const names = claimsOf(pod);
  if (names.length === 0) return () => undefined;
  const bound = csiVolumesOf(state, pod);
  const wanted = driversOf(state, pod);
  const affinities = bound.map(({ volume }) =>
    listOr(valueAt(volume.object.spec, ['nodeAffinity', 'required', 'nodeSelectorTerms'])),
  );
  const needs = wanted.map((driver) => ({
    driver,
    own: namesOf(state, pod, driver),
    present: volumesByNode(state, driver),
  }));
  return (node) => {
    if (!affinities.every((terms) => accepts(terms, node))) {
      return refusal("node(s) didn't match PersistentVolume's node affinity", true);
    }
    const { name } = node.metadata;
    const isFull = needs.some(({ driver, own, present }) => {
      const allocatable = objectOr(nodeDriver(state, name, driver)?.['allocatable']);
      const most = Number(allocatable['count'] ?? Infinity);
      return new Set([...(present.get(name) ?? []), ...own]).size > most;
    });
    return isFull ? refusal('node(s) exceed max volume count', false) : undefined;
  };
}

function refusal(reason: string, isFinal: boolean): Refusal {
  return { reasons: [reason], isFinal };
}

function accepts(terms: readonly unknown[], node: KubeNode): boolean {
  return terms.length === 0 || terms.some((term) => termAccepts(objectOr(term), node));
}

/** The drivers of a pod's volumes, also of those that are still to be made. */
function driversOf(state: KubeState, pod: Pod): readonly string[] {
  const drivers = claimsOf(pod).flatMap((name) => {
    const claim = state.store.get('persistentvolumeclaims', name, pod.metadata.namespace);
    if (!claim || phaseOf(claim) === 'Bound') return [];
    return stringOr(classOf(state, claim)?.['provisioner']);
  });
  return [...new Set([...drivers, ...csiVolumesOf(state, pod).map(({ volume }) => volume.driver)])];
}

/** The volumes of a driver that nodes have or are to have: the names of their claims, by node. */
function volumesByNode(state: KubeState, driver: string): ReadonlyMap<string, Set<string>> {
  const byNode = new Map<string, Set<string>>();
  for (const pod of state.store.list('pods')) {
    const node = pod.spec.nodeName ?? assumedNode(state, pod);
    if (node === undefined || isFinished(pod)) continue;
    const names = byNode.get(node) ?? new Set<string>();
    for (const name of namesOf(state, pod, driver)) names.add(name);
    byNode.set(node, names);
  }
  return byNode;
}

function namesOf(state: KubeState, pod: Pod, driver: string): string[] {
  const { namespace = '' } = pod.metadata;
  return claimsOf(pod).flatMap((name) => {
    const claim = state.store.get('persistentvolumeclaims', name, namespace);
    if (!claim) return [];
    const isOwn = csiVolumesOf(state, pod).some(
      (item) => item.claim === claim && item.volume.driver === driver,
    );
    const isComing =
      phaseOf(claim) !== 'Bound' && classOf(state, claim)?.['provisioner'] === driver;
    return isOwn || isComing ? [`${namespace}/${name}`] : [];
  });
}

const assumedKey = ({ metadata }: Pod): string => `scheduler/assumed/${metadata.uid}`;

/** The node for which the volumes of a pod are being made. */
export function assumedNode({ memory }: KubeState, pod: Pod): string | undefined {
  return memory.get(assumedKey(pod));
}

export function assumeNode({ memory }: KubeState, pod: Pod, node: string | undefined): void {
  if (node === undefined) memory.delete(assumedKey(pod));
  else memory.set(assumedKey(pod), node);
}
