import { parseAllDocuments } from 'yaml';
import type { Invocation } from '../../src/tools/exec.js';
import { drain, podsPath, setSchedulable } from './drain-double.js';
import { optionOf, reach, type KubeRequest } from './kube-access.js';
import { printed } from './jsonpath-double.js';
import { done, failed, type DoublesOptions, type Ending } from './tool-doubles.js';

const policies = '/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies';
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface KubeObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
  };
  readonly spec?: { readonly replicas?: number };
  readonly status?: Readonly<Record<string, unknown>>;
}

/** The calls of kubectl that oxide makes. */
export async function kubectl(options: DoublesOptions, call: Invocation): Promise<Ending> {
  const { args } = call;
  if (args[0] === 'version') return done('{"clientVersion":{"gitVersion":"v1.36.3"}}');
  const request = await reach(options, args);
  if (typeof request !== 'function') return request;
  const words = args.slice(2);
  const raw = words.find((word) => word.startsWith('--raw='));
  if (raw !== undefined) return answer(request('GET', raw.slice('--raw='.length)));
  const template = optionOf(words, '--output') ?? '';
  if (template.startsWith('jsonpath={"[')) return lookAround(request, words, template);
  if (words[0] === 'get' && words[1] === 'nodes') return answer(request('GET', '/api/v1/nodes'));
  if (words[0] === 'get' && words[1] === 'persistentvolumes,services') return claims(request);
  if (words[0] === 'get' && /^(persistentvolumes|namespaces)$/.test(words[1] ?? '')) {
    return answer(request('GET', `/api/v1/${words[1] ?? ''}`));
  }
  if (words[1] === 'daemonsets,deployments,statefulsets') return allWorkloads(request);
  if (words[0] === 'get' && words[1] === 'pods') return answer(request('GET', podsPath(words)));
  if (words[0] === 'get' && words[1] === 'poddisruptionbudgets') {
    return answer(request('GET', '/apis/policy/v1/poddisruptionbudgets'));
  }
  if (words[2] === 'get' && words[3] === 'pods') {
    return answer(request('GET', `/api/v1/namespaces/${words[1] ?? ''}/pods`));
  }
  if (words[2] === 'logs') return logs(request, words);
  if (words.includes('secrets')) return certificates(request);
  if (words[2] === 'get' && words[3] === 'lease') {
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${optionOf(words, '--namespace') ?? ''}/leases`;
    return answer(request('GET', `${leases}/${words[4] ?? ''}`));
  }
  if (words[0] === 'cordon') return setSchedulable(request, words[1] ?? '', false);
  if (words[0] === 'uncordon') return setSchedulable(request, words[1] ?? '', true);
  if (words[0] === 'drain') return drain(options, request, words);
  if (words[0] === 'delete' && words[1] === 'node') return deleteNodes(request, words.slice(2));
  if (words[2] === 'get' && words[3] === 'configmap') {
    const namespace = optionOf(words, '--namespace') ?? 'default';
    return answer(request('GET', `/api/v1/namespaces/${namespace}/configmaps/${words[4] ?? ''}`));
  }
  if (words[0] === 'get' && words[1] === 'crd' && words.includes('--ignore-not-found')) {
    return definitions(request, words.slice(2, words.indexOf('--ignore-not-found')));
  }
  if (words[0] === 'get' && words[1] === 'crd') {
    return answer(request('GET', `${crds}/${words[2] ?? ''}`));
  }
  if (words[0] === 'apply') return apply(request, call.stdin ?? '');
  if (words[0] === 'wait') return waitEstablished(options, request, words);
  if (words.some((word) => /^(daemonset|deployment)\//.test(word)))
    return workloads(request, words);
  throw new Error(`the double of kubectl does not know: ${args.join(' ')}`);
}

function answer({ status, body }: ReturnType<KubeRequest>): Ending {
  if (status < 300) return done(JSON.stringify(body));
  return failed(`Error from server (${String(body['reason'])}): ${String(body['message'])}\n`);
}

/** What a container said before it ended, as its kubelet keeps it. */
function logs(request: KubeRequest, words: readonly string[]): Ending {
  const container = optionOf(words, '--container') ?? '';
  const path = `/api/v1/namespaces/${words[1] ?? ''}/pods/${words[3] ?? ''}/log?container=${container}`;
  const found = request('GET', `${path}&previous=${String(words.includes('--previous'))}`);
  return found.status < 300 ? done(found.body as unknown as string) : answer(found);
}

/** Those of all namespaces in one list, in which each object says what it is. */
function allWorkloads(request: KubeRequest): Ending {
  const kinds = { DaemonSet: 'daemonsets', Deployment: 'deployments', StatefulSet: 'statefulsets' };
  const items = Object.entries(kinds).flatMap(([kind, path]) => {
    const { body } = request('GET', `/apis/apps/v1/${path}`);
    return (body['items'] as object[]).map((item) => ({ kind, ...item }));
  });
  return done(JSON.stringify({ kind: 'List', items }));
}

/** Both kinds in one list, in which each object says what it is. */
function claims(request: KubeRequest): Ending {
  const kinds = { PersistentVolume: 'persistentvolumes', Service: 'services' };
  const items = Object.entries(kinds).flatMap(([kind, path]) => {
    const { body } = request('GET', `/api/v1/${path}`);
    return (body['items'] as object[]).map((item) => ({ kind, ...item }));
  });
  return done(JSON.stringify({ kind: 'List', items }));
}

/** Where the kinds are that one call looks at, and how each of their objects is called. */
const kinds: Readonly<Record<string, readonly [collection: string, kind: string]>> = {
  nodes: ['/api/v1/nodes', 'Node'],
  ns: ['/api/v1/namespaces', 'Namespace'],
  secrets: ['/api/v1/namespaces/NAMESPACE/secrets', 'Secret'],
  cm: ['/api/v1/namespaces/NAMESPACE/configmaps', 'ConfigMap'],
  daemonsets: ['/apis/apps/v1/namespaces/NAMESPACE/daemonsets', 'DaemonSet'],
  deployments: ['/apis/apps/v1/namespaces/NAMESPACE/deployments', 'Deployment'],
  statefulsets: ['/apis/apps/v1/namespaces/NAMESPACE/statefulsets', 'StatefulSet'],
  crd: [crds, 'CustomResourceDefinition'],
  ciliumclusterwidenetworkpolicies: [policies, 'CiliumClusterwideNetworkPolicy'],
};

/** Objects of several kinds; one that nobody serves fails all of it. */
function lookAround(request: KubeRequest, words: readonly string[], template: string): Ending {
  const namespace = optionOf(words, '--namespace') ?? 'default';
  const items: object[] = [];
  for (const name of (optionOf(words, 'get') ?? '').split(',')) {
    const [path, kind] = kinds[name] ?? [];
    if (path === undefined) throw new Error(`the double of kubectl does not know ${name}`);
    const found = request('GET', path.replace('NAMESPACE', namespace));
    if (found.status === 404) {
      return failed(`error: the server doesn't have a resource type "${name}"\n`);
    }
    if (found.status !== 200) return answer(found);
    items.push(...(found.body['items'] as object[]).map((item) => ({ kind, ...item })));
  }
  return done(printed(template.slice('jsonpath='.length), { items }));
}

/** Those that there are; nothing is printed when there is none. */
function definitions(request: KubeRequest, names: readonly string[]): Ending {
  const found = names.map((name) => request('GET', `${crds}/${name}`));
  const refused = found.find(({ status }) => status !== 200 && status !== 404);
  if (refused) return answer(refused);
  const items = found.flatMap(({ status, body }) => (status === 200 ? [body] : []));
  return done(items.length === 0 ? '' : JSON.stringify({ kind: 'List', items }));
}

/** Names and certificates, as the template of the call says. */
function certificates(request: KubeRequest): Ending {
  const { body } = request('GET', '/api/v1/namespaces/kube-system/secrets');
  const items = body['items'] as {
    metadata: { name: string };
    type?: string;
    data?: Record<string, string>;
  }[];
  const lines = items
    .filter(({ type }) => type === 'kubernetes.io/tls')
    .map(({ metadata, data }) => `${metadata.name} ${data?.['tls.crt'] ?? ''}\n`);
  return done(lines.join(''));
}

function deleteNodes(request: KubeRequest, words: readonly string[]): Ending {
  const names = words.slice(
    0,
    words.findIndex((word) => word.startsWith('-')),
  );
  const ends = names
    .map((name) => request('DELETE', `/api/v1/nodes/${name}`))
    .map((found) => (found.status === 404 ? done() : answer(found)));
  return ends.find(({ exitCode }) => exitCode !== 0) ?? done();
}

/** Read once: every run of a test applies the same one. */
const manifests = new Map<string, readonly KubeObject[]>();

function objectsOf(manifest: string): readonly KubeObject[] {
  const known = manifests.get(manifest);
  if (known) return known;
  const objects = parseAllDocuments(manifest)
    .map((document) => document.toJS() as (KubeObject & { items?: KubeObject[] }) | null)
    .filter((object) => object !== null)
    .flatMap((object) => (object.kind === 'List' ? (object.items ?? []) : [object]));
  manifests.set(manifest, objects);
  return objects;
}

/** The collections of the kinds that oxide applies. */
const collections: Readonly<Record<string, string>> = {
  CustomResourceDefinition: crds,
  CiliumClusterwideNetworkPolicy: policies,
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding:
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
};

function pathOf({ kind = '', metadata }: KubeObject): string {
  if (kind === 'ConfigMap' || kind === 'Secret')
    return `/api/v1/namespaces/${metadata.namespace ?? 'default'}/${kind.toLowerCase()}s`;
  const path = collections[kind];
  if (path === undefined) throw new Error(`the double of kubectl does not apply a ${kind}`);
  return path;
}

function apply(request: KubeRequest, manifest: string): Ending {
  for (const object of objectsOf(manifest)) {
    const ended = answer(
      request(
        'PATCH',
        `${pathOf(object)}/${object.metadata.name}?fieldManager=oxide&force=true&fieldValidation=Strict`,
        object,
        'application/apply-patch+yaml',
      ),
    );
    if (ended.exitCode !== 0) return ended;
  }
  return done();
}

async function waitEstablished(
  { clock, signal }: DoublesOptions,
  request: KubeRequest,
  words: readonly string[],
): Promise<Ending> {
  const names = words.flatMap((word) => (word.startsWith('crd/') ? [word.slice(4)] : []));
  for (let second = 0; second < 60; second++) {
    const established = names.every((name) => {
      const { status } = request('GET', `${crds}/${name}`).body as Partial<KubeObject>;
      const conditions = (status?.['conditions'] ?? []) as { type: string; status: string }[];
      return conditions.some(({ type, status: is }) => type === 'Established' && is === 'True');
    });
    if (established) return done();
    await clock.sleep(1_000, signal);
  }
  return failed('error: timed out waiting for the condition\n');
}

function workloads(request: KubeRequest, words: readonly string[]): Ending {
  const namespace = optionOf(words, '--namespace') ?? 'default';
  const items: unknown[] = [];
  for (const word of words) {
    const [, kind, name] = /^(daemonset|deployment)\/(.+)$/.exec(word) ?? [];
    if (kind === undefined || name === undefined) continue;
    const found = request('GET', `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}`);
    if (found.status !== 200) return answer(found);
    items.push(found.body);
  }
  return done(JSON.stringify({ kind: 'List', items }));
}
