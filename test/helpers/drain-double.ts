import { optionOf, type KubeRequest } from './kube-access.js';
import { done, type DoublesOptions, type Ending } from './tool-doubles.js';

interface PodObject {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
}

/** How long kubectl waits after a refused eviction, and between two looks at what is left, ms. */
const retryMs = 5_000;
const pollMs = 1_000;

/** `kubectl cordon` and `uncordon`. */
export function setSchedulable(request: KubeRequest, node: string, schedulable: boolean): Ending {
  const verb = schedulable ? 'uncordoned' : 'cordoned';
  const body = { spec: { unschedulable: schedulable ? null : true } };
  const { status, body: answer } = request(
    'PATCH',
    `/api/v1/nodes/${node}`,
    body,
    'application/merge-patch+json',
  );
  if (status < 300) return done(`node/${node} ${verb}\n`);
  if (status === 404) {
    const stderr = `Error from server (NotFound): ${String(answer['message'])}\n`;
    return { exitCode: 1, stdout: '', stderr };
  }
  // As the real one: it says so, and that is all.
  const unable = schedulable ? 'uncordon' : 'cordon';
  const stderr = `error: unable to ${unable} node "${node}": ${String(answer['message'])}\n`;
  return { exitCode: 0, stdout: '', stderr };
}

/**
 * `kubectl drain` as its source has it (kubectl 1.34, pkg/cmd/drain): finds all nodes, cordons all,
 * and then empties one after the other; one that fails does not keep it from the next.
 */
export async function drain(
  options: DoublesOptions,
  request: KubeRequest,
  words: readonly string[],
): Promise<Ending> {
  const nodes = words.slice(
    1,
    words.findIndex((word) => word.startsWith('-')),
  );
  const missing = nodes.map((node) => request('GET', `/api/v1/nodes/${node}`));
  const lost = missing.find(({ status }) => status >= 300);
  if (lost) {
    const stderr = `Error from server (${String(lost.body['reason'])}): ${String(lost.body['message'])}\n`;
    return { exitCode: 1, stdout: '', stderr };
  }
  const cordoned = nodes.map((node) => setSchedulable(request, node, false));
  const ends: Ending[] = [...cordoned];
  for (const node of nodes) ends.push(await empty(options, request, { node, words }));
  return {
    exitCode: Math.max(...ends.map(({ exitCode }) => exitCode)),
    stdout: ends.map(({ stdout }) => stdout).join(''),
    stderr: ends.map(({ stderr }) => stderr).join(''),
  };
}

/** Evicts within the budgets, and waits until the pods are gone. */
async function empty(
  { clock, signal }: DoublesOptions,
  request: KubeRequest,
  { node, words }: { readonly node: string; readonly words: readonly string[] },
): Promise<Ending> {
  const timeout = words.find((word) => word.startsWith('--timeout='))?.slice('--timeout='.length);
  const deadline = clock.now() + Number.parseInt(timeout ?? '0', 10) * 1_000 * clock.speed;
  const bare = podsToEvict(request, node).filter(({ metadata }) => !metadata.ownerReferences);
  if (bare.length > 0 && !words.includes('--force')) {
    const stderr = `error: unable to drain node "${node}" due to error: cannot delete Pods that declare no controller (use --force to override)\n`;
    return { exitCode: 1, stdout: '', stderr };
  }
  const first = new Set(podsToEvict(request, node).map(({ metadata }) => metadata.uid));
  let stderr = '';
  const evicted = new Set<string>();
  for (;;) {
    const left = podsToEvict(request, node).filter(({ metadata }) => first.has(metadata.uid));
    if (left.length === 0) return done(`node/${node} drained\n`);
    const refused = left.filter(
      (pod) => !evicted.has(pod.metadata.uid) && !evict(request, pod, evicted),
    );
    for (const { metadata } of refused) {
      stderr += `error when evicting pods/"${metadata.name}" -n "${metadata.namespace}" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.\n`;
    }
    if (clock.now() >= deadline) break;
    await clock.sleep(refused.length > 0 ? retryMs : pollMs, signal);
  }
  const stayed = podsToEvict(request, node).find(({ metadata }) => first.has(metadata.uid));
  const { name = '', namespace = '' } = stayed?.metadata ?? {};
  const why = evicted.has(stayed?.metadata.uid ?? '')
    ? `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: context deadline exceeded`
    : `error when evicting pods/"${name}" -n "${namespace}": global timeout reached: ${timeout ?? ''}`;
  stderr += `error: unable to drain node "${node}" due to error: ${why}, continuing command...\n`;
  stderr += `There are pending nodes to be drained:\n ${node}\n${why}\n`;
  return { exitCode: 1, stdout: '', stderr };
}

function evict(request: KubeRequest, { metadata }: PodObject, evicted: Set<string>): boolean {
  const { namespace, name, uid } = metadata;
  const { status } = request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace, name },
  });
  if (status < 300 || status === 404) evicted.add(uid);
  return evicted.has(uid);
}

function podsToEvict(request: KubeRequest, node: string): readonly PodObject[] {
  const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  const { items } = request('GET', path).body as { items?: PodObject[] };
  return (items ?? []).filter(({ metadata }) => {
    const isDaemon = metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;
    return !isDaemon && !('kubernetes.io/config.mirror' in (metadata.annotations ?? {}));
  });
}

/** The pods on the node that `--field-selector` names, or all. */
export function podsPath(words: readonly string[]): string {
  const selector = optionOf(words, '--field-selector');
  return selector === undefined
    ? '/api/v1/pods'
    : `/api/v1/pods?fieldSelector=${encodeURIComponent(selector)}`;
}
