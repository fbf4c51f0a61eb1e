import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KubeCluster } from '../../src/sandbox/kubernetes/cluster.js';
import { type DoublesOptions, type Ending, failed } from './tool-doubles.js';

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

/** Read once: hundreds of calls of a test name the same few files. */
const servers = new Map<string, string>();

function serverOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  const known = servers.get(text);
  if (known !== undefined) return known;
  const { clusters } = parse(text) as Kubeconfig;
  const server = clusters[0]?.cluster.server ?? '';
  servers.set(text, server);
  return server;
}

/** A way to the API server that the kubeconfig among the arguments names, or why there is none. */
export async function reach(
  { world }: DoublesOptions,
  args: readonly string[],
): Promise<KubeRequest | Ending> {
  const own = serverOf(optionOf(args, '--kubeconfig') ?? '');
  const named = optionOf(args, '--server') ?? optionOf(args, '--kube-apiserver');
  const { hostname, port } = new URL(named ?? own);
  const found = await world.locate(hostname, Number(port));
  if ('refused' in found) return failed(`Unable to connect to the server: ${found.refused}\n`);
  // A load balancer without a healthy target takes the connection and ends it: see recorded/kubectl/closes.txt.
  if (!('kube' in found)) return failed('Unable to connect to the server: EOF\n');
  const kube: KubeCluster = found.kube;
  return (method, path, body, contentType = 'application/json') => {
    const answer = kube.request({ method, path, body, contentType }, world.settle());
    if (method !== 'GET') world.saveClusters();
    return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
  };
}
