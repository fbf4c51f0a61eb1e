import { labelKeys } from '../../cluster/state/labels.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import { OxideError } from '../../lib/errors.js';
import { readTextIfExists } from '../../lib/files.js';
import { inParallel } from '../../lib/parallel.js';
import { caFingerprint } from '../../tools/access-files.js';
import { getClaims, parseServiceUids, parseVolumeIds } from '../../tools/kubectl.js';
import type { Server } from '../../hetzner/resources.js';
import { findApiServer } from '../observe/reachable-apis.js';
import type { FlowContext } from '../run/context.js';

/** What the cluster's Kubernetes says is its own at Hetzner. */
export interface KubernetesClaims {
  /** Hetzner's ids of the volumes behind its PersistentVolumes. */
  readonly volumeIds: readonly number[];
  /** Its Services; load balancers that the cloud controller made carry theirs. */
  readonly serviceUids: readonly string[];
}

export interface Asking {
  readonly networks: readonly { readonly labels: Labels }[];
  /** The cluster's. */
  readonly servers: readonly Server[];
}

/**
 * Asks the cluster with the kept kubeconfig, at any control plane that answers. Undefined when there is none, when it belongs to
 * another cluster, or when Kubernetes does not answer: a destroy goes on without it.
 */
export async function askKubernetes(
  ctx: FlowContext,
  { networks, servers }: Asking,
): Promise<KubernetesClaims | undefined> {
  const { files, run, signal } = ctx;
  const [secrets, kubeconfig] = await inParallel(
    readTextIfExists(files.secrets),
    readTextIfExists(files.kubeconfig),
  );
  if (secrets === undefined || kubeconfig === undefined) return undefined;
  try {
    const kept = caFingerprint(secrets);
    if (!networks.some(({ labels }) => labels[labelKeys.caFingerprint] === kept)) return undefined;
    const controlPlanes = controlPlanesAmong(servers);
    if (controlPlanes.length === 0 || (await findApiServer(ctx, controlPlanes))) return undefined;
    const { stdout } = await run(getClaims(files.kubeconfig));
    return { volumeIds: parseVolumeIds(stdout), serviceUids: parseServiceUids(stdout) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}

function controlPlanesAmong(servers: readonly Server[]): readonly { publicIpv4: string }[] {
  return servers.flatMap(({ labels, status, public_net: { ipv4 } }) =>
    labels[labelKeys.role] === 'control-plane' && status === 'running' && ipv4
      ? [{ publicIpv4: ipv4.ip }]
      : [],
  );
}
