import { readFileSync } from 'node:fs';
import type { Rehearsal } from './open-rehearsal.js';

interface KubeCall {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
}

/** A call of the simulated Kubernetes API by an administrator; returns what it answers. */
export async function administer(
  { world, files }: Rehearsal,
  call: KubeCall,
): Promise<Readonly<Record<string, unknown>>> {
  const host = /server: https:\/\/([\d.]+):6443/.exec(readFileSync(files.kubeconfig, 'utf8'))?.[1];
  const found = await world.locate(host ?? '', 6443);
  if (!('kube' in found)) throw new Error('refused' in found ? found.refused : 'no API server');
  const { status, body } = found.kube.request(call, world.settle());
  if (status >= 300) throw new Error(JSON.stringify(body));
  return body as Readonly<Record<string, unknown>>;
}
