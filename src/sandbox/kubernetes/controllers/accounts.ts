import type { KubeState } from '../state.js';

/** Gives every namespace what pods in it rely on: a ServiceAccount and the cluster's authority. */
export function furnishNamespaces(state: KubeState): void {
  for (const { metadata } of state.store.list('namespaces')) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const namespace = metadata.name;
    if (!state.store.get('serviceaccounts', 'default', namespace)) {
      state.create('serviceaccounts', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      });
    }
    if (!state.store.get('configmaps', 'kube-root-ca.crt', namespace)) {
      state.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace },
        data: { 'ca.crt': '' },
      });
    }
  }
}
