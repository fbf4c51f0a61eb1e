import { certificateRequest } from './certificate-request.js';
import { listOr, objectOr, stringOr, valueAt } from '../json.js';
import type { KubeObject } from '../objects.js';
import type { Kubelet, KubeState } from '../state.js';
import type { KubeNode } from '../workloads.js';

export const requests = 'certificatesigningrequests.certificates.k8s.io';
export const servingSigner = 'kubernetes.io/kubelet-serving';

/** How long a kubelet waits for its certificate before it asks again (client-go, certificateWaitTimeout). */
const waitMs = 15 * 60_000;

/** What a kubelet has asked for. */
interface Asked {
  readonly request: string;
  readonly addresses: readonly string[];
}

/**
 * Kubelets that are told to (rotate-server-certificates) ask for a certificate of their node's names
 * and addresses, and for another one when there are more of them (client-go, util/certificate).
 */
export function requestServingCertificates(state: KubeState): void {
  for (const [name, kubelet] of state.kubelets) {
    if (kubelet.rotates !== true || !kubelet.alive) continue;
    const node = state.store.get('nodes', name);
    if (node) request(state, node, kubelet);
  }
}

const askedKey = (node: string): string => `kubelet/asked/${node}`;

const contentKey = (name: string): string => `kubelet/content/${name}`;

/** The names and addresses that a kubelet's request is about; undefined when no kubelet made it. */
export function requestedBy({ memory }: KubeState, name: string): readonly string[] | undefined {
  return memory.get(contentKey(name))?.split(' ');
}

export function forgetRequest({ memory }: KubeState, name: string): void {
  memory.delete(contentKey(name));
}

function askedBy({ memory }: KubeState, node: string): Asked | undefined {
  const saved = memory.get(askedKey(node));
  return saved === undefined ? undefined : (JSON.parse(saved) as Asked);
}

function request(state: KubeState, node: KubeNode, kubelet: Kubelet): void {
  const { name } = node.metadata;
  const addresses = node.status.addresses.map(({ address }) => address).sort();
  const isCovered = addresses.every((address) => kubelet.serving?.includes(address));
  const timer = askedKey(name);
  if (isCovered) {
    state.memory.delete(askedKey(name));
    state.timers.cancel(timer);
    return;
  }
  const asked = askedBy(state, name);
  const present = asked && state.store.get(requests, asked.request);
  const isCurrent = asked?.addresses.join() === addresses.join();
  if (present && stringOr(valueAt(present.status, ['certificate'])) !== '') {
    state.kubelets.set(name, { ...kubelet, serving: asked.addresses });
    state.memory.delete(askedKey(name));
    state.timers.cancel(timer);
    if (!isCurrent) ask(state, node, addresses);
    return;
  }
  if (isCurrent && !state.timers.fires(timer, state.now) && state.timers.isRunning(timer)) return;
  state.timers.cancel(timer);
  ask(state, node, addresses);
}

function ask(state: KubeState, node: KubeNode, addresses: readonly string[]): void {
  const { name } = node.metadata;
  const hostnames = node.status.addresses.filter(({ type }) => type === 'Hostname');
  const names = hostnames.map(({ address }) => address);
  const username = `system:node:${name}`;
  const pem = certificateRequest({
    ...{ organization: 'system:nodes', commonName: username, names },
    addresses: addresses.filter((address) => !names.includes(address)),
  });
  const stored = state.create<KubeObject>(requests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: `csr-${state.nameSuffix()}` },
    spec: {
      groups: ['system:nodes', 'system:authenticated'],
      request: Buffer.from(pem).toString('base64'),
      signerName: servingSigner,
      usages: ['digital signature', 'server auth'],
      username,
    },
    status: {},
  });
  const asked: Asked = { request: stored.metadata.name, addresses };
  state.memory.set(askedKey(name), JSON.stringify(asked));
  state.memory.set(contentKey(asked.request), addresses.join(' '));
  state.timers.start(askedKey(name), state.now + waitMs);
}

/** Whether a request has been approved or denied, or neither. */
export function verdictOf({ status }: KubeObject): 'Approved' | 'Denied' | undefined {
  const types = listOr(valueAt(status, ['conditions'])).map((item) => objectOr(item)['type']);
  return types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : undefined;
}

/** Why nobody can speak to the kubelet of a node: it has no certificate to show yet. */
export function servingProblem({ kubelets }: KubeState, node: string): string | undefined {
  const kubelet = kubelets.get(node);
  if (kubelet?.rotates !== true || kubelet.serving) return undefined;
  return 'remote error: tls: internal error';
}
