import { plural } from '../lib/format.js';

/** What of a finished create is shown. */
export interface CreatedView {
  readonly cluster: string;
  readonly endpoint: string;
  readonly kubeconfig: string;
  readonly talosconfig: string;
  readonly changed: boolean;
  readonly nodes: readonly unknown[];
}

/** Where the access files are and the commands to go on with. */
export function renderCreated(created: CreatedView, goOn = onTheCluster(created)): string {
  const { cluster, endpoint, kubeconfig, talosconfig, changed, nodes } = created;
  const first = changed
    ? `The cluster "${cluster}" is ready: ${plural(nodes.length, 'node')}, ${endpoint}`
    : `Nothing to do: the cluster "${cluster}" is complete, ${allReady(nodes.length)}.`;
  return `
${first}
  kubeconfig   ${kubeconfig}
  talosconfig  ${talosconfig}

Go on with:
${goOn.map((command) => `  ${command}\n`).join('')}`;
}

function onTheCluster({ kubeconfig, talosconfig }: CreatedView): readonly string[] {
  return [
    `kubectl --kubeconfig ${kubeconfig} get nodes`,
    `talosctl --talosconfig ${talosconfig} health`,
  ];
}

function allReady(count: number): string {
  return count === 1 ? 'its node is Ready' : `all ${count} nodes are Ready`;
}
