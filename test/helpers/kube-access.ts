import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubeCluster } from '../../src/sandbox/kubernetes/cluster.js';
import type { DoublesOptions, Ending } from './tool-doubles.js';
import { failed } from './tool-doubles.js';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

/** The value after an option: `--namespace kube-system`. */
export function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

export type KubeRequest = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => { status: number; body: Record<string, unknown> };

/** A way to the API server that the kubeconfig among the arguments names, or why there is none. */
export async function reach(
  { world }: DoublesOptions,
  args: readonly string[],
): Promise<KubeRequest | Ending> {
  const file = optionOf(args, '--kubeconfig') ?? '';
  const { clusters } = parse(readFileSync(file, 'utf8')) as Kubeconfig;
  const { hostname, port } = new URL(clusters[0]?.cluster.server ?? '');
  const found = await world.locate(hostname, Number(port));
  if ('refused' in found) return failed(`Unable to connect to the server: ${found.refused}\n`);
  const kube: KubeCluster = found.kube;
  return (method, path, body, contentType = 'application/json') => {
    const answer = kube.request({ method, path, body, contentType }, world.settle());
    if (method !== 'GET') world.saveClusters();
    return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
  };
}
