import { OxideError } from '../lib/errors.js';
import type { Invocation } from './invocation.js';
import type { ClusterCertificate } from './cluster-certificates.js';
import { certificateOf } from './cluster-certificates.js';
import type { GatewayDefinition } from './definition-objects.js';
import { newestReleases, type KeptRelease, type ReleaseRow } from './kept-releases.js';
import { call } from './kubectl-call.js';
import { releaseAnnotation, toNode, type KubeNode } from './kubernetes-objects.js';
import { toWorkload, type Workload } from './workload-objects.js';

/** What one call of kubectl tells of a cluster. */
export interface KubernetesLook {
  readonly nodes: readonly KubeNode[];
  readonly namespaces: readonly string[];
  /** DaemonSets, Deployments and StatefulSets of the namespace. */
  readonly workloads: readonly Workload[];
  /** The newest revision of each release of helm in the namespace. */
  readonly releases: readonly KeptRelease[];
  /** Of Cilium and Hubble. */
  readonly certificates: readonly ClusterCertificate[];
  /** All custom resource definitions, with the Gateway API's annotations of those that are its own. */
  readonly definitions: readonly GatewayDefinition[];
  readonly policies: readonly {
    readonly name: string;
    readonly spec: unknown;
    readonly specs: unknown;
  }[];
  /** ConfigMaps that may be the cluster's record, by their name. */
  readonly records: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** The kinds that are looked at. One that the API does not know fails the whole call. */
const lookedAt: readonly string[] = [
  ...['nodes', 'ns', 'secrets', 'cm', 'daemonsets', 'deployments', 'statefulsets', 'crd'],
  'ciliumclusterwidenetworkpolicies',
];
/** Those that a namespace of an addon holds. */
const lookedAtInNamespace: readonly string[] = [
  ...['secrets', 'daemonsets', 'deployments', 'statefulsets'],
];

interface Rows {
  /** Which objects, as a filter of kubectl's JSONPath. */
  readonly of: string;
  /** Paths in such an object. Mappings come as JSON, what is not there as nothing. */
  readonly columns: readonly string[];
}

/**
 * What is printed: the name of the rows, and a column for each path. Only these reach oxide, and
 * no key of a certificate is among them.
 */
const rows = {
  node: {
    of: '@.kind=="Node"',
    columns: [
      ...['.metadata.name', '.metadata.labels', '.spec.unschedulable', '.spec.providerID'],
      ...['.spec.taints', '.status.addresses', '.status.conditions[?(@.type=="Ready")]'],
      '.status.nodeInfo',
    ],
  },
  namespace: { of: '@.kind=="Namespace"', columns: ['.metadata.name'] },
  workload: {
    of: '@.spec.template',
    columns: [
      ...['.kind', '.metadata.name', '.metadata.namespace', '.metadata.generation'],
      ...['.metadata.annotations.meta\\.helm\\.sh/release-name', '.spec.replicas', '.status'],
    ],
  },
  release: {
    of: '@.type=="helm.sh/release.v1"',
    columns: ['.metadata.namespace', '.metadata.labels'],
  },
  // Older revisions hold as much again, and are not printed.
  stored: {
    of: '@.metadata.labels.status=="deployed"',
    columns: ['.metadata.namespace', '.metadata.labels', '.data.release'],
  },
  certificate: {
    of: '@.type=="kubernetes.io/tls"',
    columns: ['.metadata.name', '.data.tls\\.crt'],
  },
  definition: {
    of: '@.kind=="CustomResourceDefinition"',
    columns: [
      '.metadata.name',
      '.metadata.annotations.gateway\\.networking\\.k8s\\.io/bundle-version',
      '.metadata.annotations.gateway\\.networking\\.k8s\\.io/channel',
    ],
  },
  policy: {
    of: '@.kind=="CiliumClusterwideNetworkPolicy"',
    columns: ['.metadata.name', '.spec', '.specs'],
  },
  record: { of: '@.data.nodes\\.json', columns: ['.kind', '.metadata.name', '.data'] },
} as const satisfies Readonly<Record<string, Rows>>;

type RowName = keyof typeof rows;

/** The template of the call; the brackets tell an answer that is whole. */
export const lookTemplate: string = [
  'jsonpath={"[\\n"}',
  ...Object.entries(rows).map(
    ([name, { of, columns }]) =>
      `{range .items[?(${of})]}${name}${columns.map((path) => `{"\\t"}{${path}}`).join('')}{"\\n"}{end}`,
  ),
  '{"]\\n"}',
].join('');

/**
 * Nodes, what is in kube-system, and the definitions, in one call. `namespace`: what is in that one
 * instead. See `parseLook`.
 */
export const lookAround = (kubeconfig: string, namespace?: string): Invocation =>
  call(kubeconfig, [
    ...['--namespace', namespace ?? 'kube-system'],
    ...['get', (namespace === undefined ? lookedAt : lookedAtInNamespace).join(',')],
    ...['--output', lookTemplate, '--request-timeout=20s'],
  ]);

/** Reads what that template printed. */
export function parseLook(stdout: string): KubernetesLook {
  const found = rowsIn(stdout);
  const of = (name: RowName): readonly (readonly string[])[] => found.get(name) ?? [];
  return {
    nodes: of('node').map(nodeOf),
    namespaces: of('namespace').map(([name = '']) => name),
    workloads: of('workload').map(workloadOf),
    releases: newestReleases(of('release').map(releaseOf), of('stored').map(releaseOf)),
    certificates: of('certificate').flatMap(([name = '', text = '']) => certificateOf(name, text)),
    definitions: of('definition').map(([name = '', bundle, channel]) => ({
      name,
      bundle: bundle || undefined,
      channel: channel || undefined,
    })),
    policies: of('policy').map(([name = '', spec, specs]) => ({
      name,
      spec: json(spec),
      specs: json(specs),
    })),
    records: new Map(
      of('record').flatMap(([kind, name = '', data]) =>
        kind === 'ConfigMap' ? [[name, mapping(data)] as const] : [],
      ),
    ),
  };
}

function rowsIn(stdout: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const lines = stdout.split('\n');
  if (lines[0] !== '[' || lines.at(-2) !== ']' || lines.at(-1) !== '') throw unreadable();
  const found = new Map<string, (readonly string[])[]>();
  for (const line of lines.slice(1, -2)) {
    const [name = '', ...columns] = line.split('\t');
    if (!(name in rows) || columns.length !== rows[name as RowName].columns.length) {
      throw unreadable();
    }
    const same = found.get(name) ?? [];
    same.push(columns);
    found.set(name, same);
  }
  return found;
}

function nodeOf(columns: readonly string[]): KubeNode {
  const [name, labels, unschedulable, providerID, taints, addresses, ready, nodeInfo] = columns;
  return toNode({
    metadata: { name, labels: json(labels) },
    spec: {
      unschedulable: json(unschedulable),
      providerID: providerID || undefined,
      taints: json(taints),
    },
    status: {
      addresses: json(addresses),
      conditions: ready ? [json(ready)] : [],
      nodeInfo: json(nodeInfo),
    },
  });
}

function workloadOf(columns: readonly string[]): Workload {
  const [kind, name, namespace, generation, release, replicas, status] = columns;
  return toWorkload({
    kind,
    metadata: {
      ...{ name, namespace, generation: json(generation) },
      annotations: release ? { [releaseAnnotation]: release } : {},
    },
    spec: { replicas: json(replicas) },
    status: json(status),
  });
}

function releaseOf([namespace = '', labels, stored = '']: readonly string[]): ReleaseRow {
  return { namespace, labels: mapping(labels), stored };
}

function mapping(text: string | undefined): Readonly<Record<string, unknown>> {
  const value = json(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Undefined: it is not there. */
function json(text = ''): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable();
  }
}

function unreadable(): OxideError {
  return new OxideError(
    'the output of kubectl is not what it should be: it breaks off or is no list',
    { hint: 'Run the same command again.' },
  );
}
