import { plural } from '../lib/format.js';
import type { Looks } from './style.js';
import { asText } from './wrap.js';

/** What of a finished create is shown. */
export interface CreatedView {
  readonly cluster: string;
  readonly endpoint: string;
  readonly kubeconfig: string;
  readonly talosconfig: string;
  readonly changed: boolean;
  readonly nodes: readonly unknown[];
  /** In what it differs from cluster.yaml all the same. */
  readonly differences: readonly unknown[];
}

/** The commands after a create. */
export interface NextCommands {
  /** Those to go on with; the cluster's own tools unless given. */
  readonly goOn?: readonly string[] | undefined;
  /** The one that keeps a copy of its secrets, where there can be none yet. */
  readonly copy?: string | undefined;
}

/** Where the access files are and the commands to go on with. */
export function renderCreated(
  created: CreatedView,
  { goOn, copy }: NextCommands,
  { columns }: Looks,
): string {
  const { cluster, endpoint, kubeconfig, talosconfig, changed, nodes, differences } = created;
  const first = changed
    ? `The cluster "${cluster}" is ready: ${plural(nodes.length, 'node')}, ${endpoint}`
    : complete(cluster, { nodes: nodes.length, differences: differences.length });
  const lines = [
    '',
    first,
    `  kubeconfig   ${kubeconfig}`,
    `  talosconfig  ${talosconfig}`,
    '',
    'Go on with:',
    ...(goOn ?? onTheCluster(created)).map((command) => `  ${command}`),
    ...(copy === undefined ? [] : ['', `Keep a copy of its secrets: ${copy}`]),
  ];
  return asText(lines, columns);
}

function onTheCluster({ kubeconfig, talosconfig }: CreatedView): readonly string[] {
  return [
    `kubectl --kubeconfig ${kubeconfig} get nodes`,
    `talosctl --talosconfig ${talosconfig} health`,
  ];
}

function complete(cluster: string, found: { nodes: number; differences: number }): string {
  const all = allReady(found.nodes);
  return found.differences === 0
    ? `Nothing to do: the cluster "${cluster}" is complete, ${all}.`
    : `The cluster "${cluster}" has what a create makes, ${all}; it differs from cluster.yaml in ${plural(found.differences, 'point')} (oxide status).`;
}

function allReady(count: number): string {
  return count === 1 ? 'its node is Ready' : `all ${count} nodes are Ready`;
}
