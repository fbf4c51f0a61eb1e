import { isObject, listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import { contentHash, type KubeState } from '../state.js';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A new pod with its ServiceAccount: its name twice, and the token in every container. */
export function withServiceAccount(pod: JsonObject, state: KubeState): JsonObject {
  const spec = objectOr(pod['spec']);
  const { name, namespace } = objectOr(pod['metadata']);
  const account = stringOr(spec['serviceAccountName']) || 'default';
  const named = { ...spec, serviceAccountName: account, serviceAccount: account };
  const found = state.store.get('serviceaccounts', account, stringOr(namespace));
  const mounts = spec['automountServiceAccountToken'] ?? found?.['automountServiceAccountToken'];
  // Mirror pods of a kubelet may not refer to anything of the API.
  if (mounts === false || !found) return { ...pod, spec: named };
  const volume = `kube-api-access-${contentHash([namespace, name]).slice(0, 5)}`;
  const mount = { name: volume, mountPath, readOnly: true };
  const lists = ['containers', 'initContainers'].flatMap((list) =>
    spec[list] === undefined
      ? []
      : [[list, listOr(spec[list]).map((item) => mounted(item, mount))]],
  );
  const volumes = [...listOr(spec['volumes']), { name: volume, projected }];
  return { ...pod, spec: { ...named, volumes, ...(Object.fromEntries(lists) as JsonObject) } };
}

function mounted(item: unknown, mount: JsonObject): JsonObject {
  const container = objectOr(item);
  const mounts = listOr(container['volumeMounts']);
  const isOwn = mounts.some((other) => isObject(other) && other['mountPath'] === mountPath);
  return isOwn ? container : { ...container, volumeMounts: [...mounts, mount] };
}

const projected = {
  defaultMode: 420,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [
          { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
        ],
      },
    },
  ],
};
