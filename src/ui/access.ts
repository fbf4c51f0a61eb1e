import type { Looks } from './style.js';
import { asText } from './wrap.js';
import { tool } from '../lib/commands.js';

/** What of a kubeconfig that was made again is shown. */
export interface KubernetesAccessView {
  readonly kubeconfig: string;
  readonly endpoint: string;
  readonly merged: {
    readonly path: string;
    readonly context: string;
    readonly backup: string | null;
  } | null;
}

/** Where the access is, and how to use it. */
export function renderKubernetesAccess(access: KubernetesAccessView, { columns }: Looks): string {
  const { kubeconfig, endpoint, merged } = access;
  const lines = [`kubeconfig  ${kubeconfig}`, `endpoint    ${endpoint}`];
  if (!merged) {
    const command = `  ${tool`kubectl get nodes`}`;
    return asText([...lines, '', 'Go on with:', command], columns);
  }
  const { path, context, backup } = merged;
  const all = [
    ...lines,
    `added to    ${path}`,
    ...(backup === null ? [] : [`backup      ${backup}`]),
    '',
    'Go on with:',
    `  ${tool`kubectl --kubeconfig ${path} --context ${context} get nodes`}`,
  ];
  return asText(all, columns);
}

/** What of a talosconfig that was made again is shown. */
export interface TalosAccessView {
  readonly talosconfig: string;
  readonly endpoints: readonly string[];
}

export function renderTalosAccess(
  { talosconfig, endpoints }: TalosAccessView,
  { columns }: Looks,
): string {
  const lines = [
    `talosconfig  ${talosconfig}`,
    `endpoints    ${endpoints.join(', ')}`,
    '',
    'Go on with:',
    `  ${tool`talosctl version`}`,
  ];
  return asText(lines, columns);
}
