import type { JsonObject } from './json.js';
import { ownedBy, type KubeObject, type Labels, type Metadata } from './objects.js';
import { contentHash, type KubeState } from './state.js';
import type { KubeNode } from './workloads.js';

const leases = 'leases.coordination.k8s.io';
/** How often kubelets and the control plane renew theirs. */
const renewalMs = 10_000;

/**
 * Brings the leases of kubelets and of the control plane up to the present. They are renewed all the
 * time, so nobody does it until somebody looks.
 */
export function renewLeases(state: KubeState): void {
  const nodes = state.store.list('nodes');
  for (const node of nodes) {
    const { name } = node.metadata;
    const kubelet = state.kubelets.get(name);
    if (!kubelet) continue;
    renew(state, {
      metadata: { name, namespace: 'kube-node-lease', ownerReferences: [nodeOwner(node)] },
      spec: { holderIdentity: name, leaseDurationSeconds: 40 },
      at: kubelet.alive ? state.now : kubelet.since,
    });
  }
  const alive = nodes.filter(
    ({ metadata }) =>
      metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined &&
      state.kubelets.get(metadata.name)?.alive === true,
  );
  for (const node of alive) renew(state, { ...apiServer(node), at: state.now });
  for (const name of ['kube-controller-manager', 'kube-scheduler']) {
    const [leader] = alive;
    if (!leader) continue;
    const holderIdentity = `${leader.metadata.name}_${leader.metadata.uid}`;
    renew(state, {
      metadata: { name, namespace: 'kube-system' },
      spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions: 0 },
      at: state.now,
    });
  }
}

interface Renewal {
  readonly metadata: Partial<Metadata> & { readonly name: string; readonly namespace: string };
  readonly spec: JsonObject;
  readonly at: number;
}

function renew(state: KubeState, { metadata, spec, at }: Renewal): void {
  const renewTime = microTime(Math.floor(at / renewalMs) * renewalMs);
  const before = state.store.get(leases, metadata.name, metadata.namespace);
  const content = { ...spec, renewTime };
  if (before) {
    const acquired = before.spec as JsonObject | undefined;
    state.store.put(leases, { ...before, spec: { ...acquired, ...content } });
    return;
  }
  // A kubelet never acquires its lease: nobody else would.
  const acquireTime = metadata.ownerReferences ? {} : { acquireTime: renewTime };
  const draft = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
  state.create<KubeObject>(leases, { ...draft, spec: { ...content, ...acquireTime } });
}

function nodeOwner(node: KubeNode): NonNullable<Metadata['ownerReferences']>[number] {
  const { apiVersion, kind, name, uid } = ownedBy(node);
  return { apiVersion, kind, name, uid };
}

function apiServer({ metadata }: KubeNode): Omit<Renewal, 'at'> {
  const name = `apiserver-${contentHash(metadata.name)}`;
  const labels: Labels = {
    'apiserver.kubernetes.io/identity': 'kube-apiserver',
    'kubernetes.io/hostname': metadata.name,
  };
  return {
    metadata: { name, namespace: 'kube-system', labels },
    spec: { holderIdentity: `${name}_${metadata.uid}`, leaseDurationSeconds: 3_600 },
  };
}

/** Times of leases have microseconds. */
function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}
