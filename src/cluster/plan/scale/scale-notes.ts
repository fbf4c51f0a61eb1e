import type { ClusterConfig } from '../../../config/schema.js';
import { enumerateNames } from '../../../lib/format.js';
import type { Difference } from '../difference.js';
import { blockedText, evictionNote, evictionOf } from '../../kubernetes/evictions.js';
import type { ClusterView, ScaleInput } from './scale-input.js';
import { openApis } from '../../network/open-apis.js';
import { toleranceOf } from '../../talos/quorum.js';
import type { ScaledPool, ScaleWish } from './scale-pool.js';
import type { ServerState } from '../../state/cluster-state.js';
import { nodesOfServer, serverAndNode } from '../../state/nodes.js';

/** Keys that new nodes get from the cluster and not from cluster.yaml. */
export const fromCluster: readonly string[] = ['talos.version', 'talos.kubernetes_version'];

/** New nodes that are made of something else than those beside them: the pool is mixed from then on. */
export function splitWarnings(
  differences: readonly Difference[],
  { pool, added }: { readonly pool: ScaledPool; readonly added: readonly string[] },
): readonly string[] {
  if (added.length === 0) return [];
  const ofPool = new Set(pool.servers.map(({ name }) => name));
  return differences
    .filter(({ effect }) => effect !== 'removal' && effect !== 'addition')
    .filter(({ key }) => !fromCluster.includes(key))
    .flatMap(({ key, servers, found, wanted }) => {
      const others = servers.filter((name) => ofPool.has(name));
      if (others.length === 0) return [];
      return [
        `The pool ${pool.name} will be mixed: ${enumerateNames(added)} with ${key} ${wanted ?? 'none'}, ${enumerateNames(others)} with ${found ?? 'none'}.`,
      ];
    });
}

/** What to know of a scale: versions that new nodes get, pods that move or are lost. */
export function scaleNotes(input: ScaleInput, remove: readonly ServerState[]): readonly string[] {
  return [
    ...versionNotes(input.config, input.view),
    ...unknownNotes(input),
    ...evictionNotes(input, remove),
  ];
}

/** What speaks against a scale, without forbidding it. */
export function scaleWarnings(
  input: ScaleInput,
  pool: ScaledPool,
  remove: readonly ServerState[],
): readonly string[] {
  return [
    ...openApis(input.state.firewall?.rules ?? []),
    ...poolWarnings(input, pool),
    ...blockWarnings(input, remove),
  ];
}

/** The differences of the plan are not all of them then. */
function unknownNotes({ installed }: ScaleInput): readonly string[] {
  if (!('unknown' in installed)) return [];
  return [
    `What is installed in Kubernetes could not be compared with cluster.yaml: ${installed.unknown}.`,
  ];
}

function versionNotes({ talos }: ClusterConfig, { versions }: ClusterView): readonly string[] {
  const differ = (what: string, runs: string, says: string): readonly string[] =>
    runs === says
      ? []
      : [`The cluster runs ${what} ${runs}, cluster.yaml says ${says}: new nodes get ${runs}.`];
  return [
    ...differ('Talos', versions.talos, talos.version),
    ...differ('Kubernetes', versions.kubernetes, talos.kubernetes_version),
  ];
}

/** What becomes of the pods on nodes that go. */
export function evictionNotes(
  { view, wish }: Pick<ScaleInput, 'view'> & { readonly wish: Pick<ScaleWish, 'force'> },
  remove: readonly ServerState[],
): readonly string[] {
  const alike = new Map<string, string[]>();
  const second = remove.flatMap((server) => {
    const [living, ...stale] = nodesOfServer(view.nodes, server);
    const eviction = evictionOf(living?.name, view.pods, view.budgets);
    const note = wish.force ? 'its pods are not moved' : evictionNote(eviction);
    alike.set(note, [...(alike.get(note) ?? []), serverAndNode(server, living)]);
    return stale.map((node) => staleNote(server, node.name));
  });
  const first = [...alike].map(([note, names]) => {
    return `${enumerateNames(names)}${names.length > 1 ? ', each' : ''}: ${note}`;
  });
  return [...first, ...second];
}

/** Its kubelet is gone, so nothing on it can be drained; without the node its pods are given up. */
function staleNote({ name }: ServerState, stale: string): string {
  return `${stale} is an earlier node of ${name}, from before it was renamed: it is deleted with it, and what is bound to it is made again elsewhere.`;
}

function blockWarnings(
  { view, wish }: ScaleInput,
  remove: readonly ServerState[],
): readonly string[] {
  if (wish.force) return [];
  return remove.flatMap((server) => {
    const [living] = nodesOfServer(view.nodes, server);
    const eviction = evictionOf(living?.name, view.pods, view.budgets);
    if (eviction.blocked.length === 0) return [];
    return [
      `${serverAndNode(server, living)}: at present these pods may not be evicted: ${blockedText(eviction)}`,
    ];
  });
}

function poolWarnings({ state, wish }: ScaleInput, pool: ScaledPool): readonly string[] {
  const others = state.servers.filter(
    ({ role, pool: name }) => role === pool.role && name !== pool.name,
  );
  const total = others.length + wish.count;
  if (pool.role === 'worker') {
    if (total > 0 || pool.servers.length === 0) return [];
    return ['No workers are left, and control planes take no pods but their own.'];
  }
  if (total % 2 === 1) return [];
  const tolerance = toleranceOf(total);
  return [
    `${total} control planes bear the loss of ${tolerance}, as ${total - 1} do: an odd number is better.`,
  ];
}
