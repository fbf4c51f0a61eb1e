import { certificateTemplate } from './cluster-certificates.js';
import type { Invocation } from './invocation.js';
import { briefMs, call, shortMs } from './kubectl-call.js';

export {
  parseClusterTime,
  parseConfigMap,
  parseEndingNamespaces,
  parseNodes,
  parseServiceUids,
  parseVolumeIds,
} from './kubernetes-objects.js';
export { parseWorkloads, type Workload } from './workload-objects.js';
export { lookAround, parseLook, type KubernetesLook } from './kubernetes-look.js';
export { parsePodTroubles, type PodTrouble } from './pod-troubles.js';
export {
  isEstablished,
  parseGatewayDefinitions,
  parseNetworkPolicy,
} from './definition-objects.js';
export type { KubeNode } from './kubernetes-objects.js';
export { parseCertificates } from './cluster-certificates.js';
export { parseBudgets, parseLocalClaims, parsePodsToEvict } from './eviction-objects.js';
export {
  isKindMissing,
  isNotFound,
  isNothingThere,
  isWebhookSilent,
  kubernetesObstacle,
  ranIntoDeadline,
  whyNotCordoned,
} from './kubernetes-reasons.js';

/** The owner of the fields that oxide applies. */
const fieldManager = 'oxide';
/** JSON with `clientVersion.gitVersion`. */
export const clientVersion = (): Invocation => ({
  tool: 'kubectl',
  args: ['version', '--client', '--output', 'json'],
  timeoutMs: shortMs,
});

/** Succeeds when the Kubernetes API says that it is ready. */
export const readyz = (kubeconfig: string): Invocation =>
  call(kubeconfig, ['get', '--raw=/readyz', '--request-timeout=10s']);

/** All nodes as JSON. See `parseNodes`. */
export const getNodes = (kubeconfig: string): Invocation =>
  call(kubeconfig, ['get', 'nodes', '--output', 'json', '--request-timeout=20s']);

/** What the controller that looks after nodes renews all the time, as JSON. See `parseClusterTime`. */
export const getControllerLease = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', 'kube-system', 'get', 'lease', 'kube-controller-manager'],
    ...['--output', 'json', '--request-timeout=10s'],
  ]);

/** All persistent volumes as JSON. See `parseVolumeIds` and `parseLocalClaims`. */
export const getPersistentVolumes = (kubeconfig: string): Invocation =>
  call(kubeconfig, ['get', 'persistentvolumes', '--output', 'json', '--request-timeout=5s'], {
    timeoutMs: briefMs,
  });

/** All namespaces as JSON. See `parseEndingNamespaces`. */
export const getNamespaces = (kubeconfig: string): Invocation =>
  call(kubeconfig, ['get', 'namespaces', '--output', 'json', '--request-timeout=20s']);

/**
 * All that may stand for something at Hetzner, as JSON: persistent volumes and services. See
 * `parseVolumeIds` and `parseServiceUids`.
 */
export const getClaims = (kubeconfig: string): Invocation =>
  call(
    kubeconfig,
    [
      ...['get', 'persistentvolumes,services', '--all-namespaces'],
      ...['--output', 'json', '--request-timeout=5s'],
    ],
    { timeoutMs: briefMs },
  );

/** The pods on a node, or all, as JSON. See `parsePodsToEvict`. */
export const getPods = (kubeconfig: string, node?: string): Invocation =>
  call(kubeconfig, [
    ...['get', 'pods', '--all-namespaces', '--output', 'json', '--request-timeout=20s'],
    ...(node === undefined ? [] : ['--field-selector', `spec.nodeName=${node}`]),
  ]);

/** All PodDisruptionBudgets as JSON. See `parseBudgets`. */
export const getBudgets = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['get', 'poddisruptionbudgets', '--all-namespaces'],
    ...['--output', 'json', '--request-timeout=20s'],
  ]);

/** Those of these CRDs that there are; it prints nothing when there is none. */
export const getCrds = (kubeconfig: string, names: readonly string[]): Invocation =>
  call(kubeconfig, [
    ...['get', 'crd', ...names, '--ignore-not-found'],
    ...['--output', 'json', '--request-timeout=20s'],
  ]);

export const getCrd = (kubeconfig: string, name: string): Invocation =>
  call(kubeconfig, ['get', 'crd', name, '--output', 'json', '--request-timeout=20s']);

/** Where the cluster keeps what oxide brought it to. */
export const record = { namespace: 'kube-system', name: 'oxide' };

/** What the cluster keeps of what it was brought to, as JSON. See `parseConfigMap`. */
export const getRecord = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', record.namespace, 'get', 'configmap', record.name],
    ...['--output', 'json', '--request-timeout=10s'],
  ]);

/** A cluster-wide network policy of Cilium as JSON, without asking which kinds there are. */
export const getNetworkPolicy = (kubeconfig: string, name: string): Invocation =>
  call(kubeconfig, [
    ...['get', `--raw=/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies/${name}`],
    '--request-timeout=20s',
  ]);

/** The certificates in kube-system, without their keys. See `parseCertificates`. */
export const getCertificates = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', 'kube-system', 'get', 'secrets'],
    ...['--field-selector', 'type=kubernetes.io/tls'],
    ...['--output', certificateTemplate, '--request-timeout=20s'],
  ]);

/** Applies manifests from stdin; takes over fields that another manager holds. */
export const applyServerSide = (kubeconfig: string, manifest: string): Invocation =>
  call(
    kubeconfig,
    [
      'apply',
      '--server-side',
      '--force-conflicts',
      `--field-manager=${fieldManager}`,
      '--filename',
      '-',
    ],
    { stdin: manifest, timeoutMs: 2 * 60_000 },
  );

/** Deletes what is named in a manifest from stdin, without waiting for its end; what is not there is no error. */
export const deleteObjects = (kubeconfig: string, manifest: string): Invocation =>
  call(kubeconfig, ['delete', '--ignore-not-found', '--wait=false', '--filename', '-'], {
    stdin: manifest,
    timeoutMs: 2 * 60_000,
  });

/** Takes Hetzner's token out of the cluster, if oxide has put it there. */
export const deleteTokenSecret = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', 'kube-system', 'delete', 'secret', '--ignore-not-found'],
    ...['--selector', 'app.kubernetes.io/managed-by=oxide'],
    ...['--field-selector', 'metadata.name=hcloud'],
  ]);

interface Marked {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly annotation: string;
}

/** The name and an annotation of an object, with a tab between them, and nothing else of it; it prints nothing when there is none. */
export const getMark = (
  kubeconfig: string,
  { kind, name, namespace, annotation }: Marked,
): Invocation =>
  call(kubeconfig, [
    ...['--namespace', namespace, 'get', kind, name, '--ignore-not-found'],
    ...['--output', `jsonpath={.metadata.name}{"\\t"}{.metadata.annotations.${annotation}}`],
    '--request-timeout=20s',
  ]);

/** Writes that ConfigMap. JSON, which is YAML that every reader takes alike. */
export const applyRecord = (
  kubeconfig: string,
  data: Readonly<Record<string, string>>,
): Invocation =>
  applyServerSide(
    kubeconfig,
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: record, data }),
  );

/** Waits until the API serves these custom resources. */
export const waitEstablished = (kubeconfig: string, crds: readonly string[]): Invocation =>
  call(
    kubeconfig,
    ['wait', '--for=condition=Established', ...crds.map((name) => `crd/${name}`), '--timeout=60s'],
    { timeoutMs: 90_000, waits: true },
  );

/** DaemonSets and Deployments (`daemonset/cilium`) of a namespace as JSON. See `parseWorkloads`. */
export const getWorkloads = (
  kubeconfig: string,
  { namespace, names }: { readonly namespace: string; readonly names: readonly string[] },
): Invocation =>
  call(kubeconfig, [
    ...['--namespace', namespace, 'get', ...names],
    ...['--output', 'json', '--request-timeout=20s'],
  ]);

/** All DaemonSets, Deployments and StatefulSets as JSON. See `parseWorkloads`. */
export const getAllWorkloads = (kubeconfig: string): Invocation =>
  call(kubeconfig, [
    ...['get', 'daemonsets,deployments,statefulsets', '--all-namespaces'],
    ...['--output', 'json', '--request-timeout=20s'],
  ]);

/** The pods of a namespace as JSON. See `parsePodTroubles`. */
export const getPodsIn = (kubeconfig: string, namespace: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', namespace, 'get', 'pods', '--output', 'json', '--request-timeout=20s'],
  ]);

/** The last words of a container that crashed. */
export const previousLogs = (
  kubeconfig: string,
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
): Invocation =>
  call(
    kubeconfig,
    [
      ...['--namespace', namespace, 'logs', pod, '--container', container],
      ...['--previous', '--tail=3', '--request-timeout=10s'],
    ],
    { timeoutMs: briefMs },
  );

export const uncordon = (kubeconfig: string, node: string): Invocation =>
  call(kubeconfig, ['uncordon', node]);

export interface DrainOptions {
  /** All are cordoned at once, and then emptied one after the other. */
  readonly nodes: readonly string[];
  /** Real milliseconds until kubectl gives up; pods that are not evicted stay. */
  readonly timeoutMs: number;
  /** Also pods that no controller would make again elsewhere. */
  readonly force?: boolean;
}

/** Evicts the pods of nodes within their disruption budgets; DaemonSets stay. */
export const drain = (kubeconfig: string, options: DrainOptions): Invocation =>
  call(
    kubeconfig,
    [
      ...['drain', ...options.nodes, '--ignore-daemonsets', '--delete-emptydir-data'],
      ...(options.force ? ['--force'] : []),
      `--timeout=${seconds(options.timeoutMs)}`,
    ],
    // Gives up some seconds after its own timeout, at the next try of an eviction.
    { timeoutMs: options.timeoutMs + shortMs, waits: true },
  );

/** Removes the registrations of nodes; one that is not there is no error. */
export const deleteNodes = (kubeconfig: string, nodes: readonly string[]): Invocation =>
  call(kubeconfig, ['delete', 'node', ...nodes, '--ignore-not-found', '--timeout=60s'], {
    timeoutMs: 90_000,
  });

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)}s`;
}
