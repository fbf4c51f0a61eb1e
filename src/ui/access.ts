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
export function renderKubernetesAccess(access: KubernetesAccessView): string {
  const { kubeconfig, endpoint, merged } = access;
  const lines = [`kubeconfig  ${kubeconfig}`, `endpoint    ${endpoint}`];
  if (!merged) {
    return asText([...lines, '', 'Go on with:', `  kubectl --kubeconfig ${kubeconfig} get nodes`]);
  }
  const { path, context, backup } = merged;
  return asText([
    ...lines,
    `added to    ${path}`,
    ...(backup === null ? [] : [`backup      ${backup}`]),
    '',
    'Go on with:',
    `  kubectl --kubeconfig ${path} --context ${context} get nodes`,
  ]);
}

/** What of a talosconfig that was made again is shown. */
export interface TalosAccessView {
  readonly talosconfig: string;
  readonly endpoints: readonly string[];
}

export function renderTalosAccess({ talosconfig, endpoints }: TalosAccessView): string {
  return asText([
    `talosconfig  ${talosconfig}`,
    `endpoints    ${endpoints.join(', ')}`,
    '',
    'Go on with:',
    `  talosctl --talosconfig ${talosconfig} version`,
  ]);
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
