import { eitherCloud, oxide, tool } from '../lib/commands.js';
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
  readonly failedAddons: readonly { readonly name: string; readonly reason: string }[];
  /** Its secrets are new, so that there is no copy of them yet. */
  readonly founded: boolean;
  /** In what it differs from cluster.yaml all the same. */
  readonly differences: readonly unknown[];
}

/** A sandbox ends with its command: kubectl reaches it through another one. */
const goOn = [tool`kubectl get nodes`, eitherCloud(tool`talosctl health`, oxide`sandbox serve`)];

/** Where the access files are and the commands to go on with. */
export function renderCreated(created: CreatedView, { columns }: Looks): string {
  const { cluster, endpoint, kubeconfig, talosconfig, changed, nodes, differences } = created;
  const first = changed
    ? `The cluster "${cluster}" is ready: ${plural(nodes.length, 'node')}, ${endpoint}`
    : complete(cluster, {
        nodes: nodes.length,
        differences: differences.length,
        failed: created.failedAddons.length,
      });
  const lines = [
    '',
    first,
    `  kubeconfig   ${kubeconfig}`,
    `  talosconfig  ${talosconfig}`,
    ...failedLines(created.failedAddons),
    '',
    'Go on with:',
    ...goOn.map((command) => `  ${command}`),
    ...(created.founded ? ['', `Keep a copy of its secrets: ${oxide`secrets export`}`] : []),
  ];
  return asText(lines, columns);
}

/** What the cluster does without until the next run. */
function failedLines(failed: CreatedView['failedAddons']): readonly string[] {
  if (failed.length === 0) return [];
  return [
    '',
    ...failed.map(({ name, reason }) => `Warning: the addon ${name} does not work: ${reason}`),
    `${oxide`addons apply`} tries again.`,
  ];
}

interface Found {
  readonly nodes: number;
  readonly differences: number;
  /** Addons that do not work. */
  readonly failed: number;
}

function complete(cluster: string, found: Found): string {
  const all = allReady(found.nodes);
  const differs = `it differs from cluster.yaml in ${plural(found.differences, 'point')} (${oxide`status`})`;
  if (found.differences === 0 && found.failed === 0)
    return `Nothing to do: the cluster "${cluster}" is complete, ${all}.`;
  const but = found.failed > 0 ? 'but not all of its addons work' : '';
  const rest = [but, found.differences > 0 ? differs : ''].filter((part) => part !== '');
  return `The cluster "${cluster}" has what a create makes, ${all}; ${rest.join('; ')}.`;
}

function allReady(count: number): string {
  return count === 1 ? 'its node is Ready' : `all ${count} nodes are Ready`;
}
