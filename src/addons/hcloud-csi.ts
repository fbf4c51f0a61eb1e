import type { ChartAddon } from './addon.js';
import { onControlPlanes } from './nodes.js';

/** The Secret with the passphrase of encrypted volumes. */
export const volumesSecret = { name: 'hcloud-volumes-encrypted', namespace: 'kube-system' };

/** docs/kubernetes/guides/volumes-encrypted-with-luks.md of csi-driver v2.22.1. */
const encryptedClass = {
  name: 'hcloud-volumes-encrypted',
  defaultStorageClass: false,
  reclaimPolicy: 'Delete',
  extraParameters: {
    'csi.storage.k8s.io/node-publish-secret-name': volumesSecret.name,
    'csi.storage.k8s.io/node-publish-secret-namespace': volumesSecret.namespace,
  },
};

/** Hetzner's storage driver: volumes for claims. */
export const hcloudCsi: ChartAddon = {
  kind: 'chart',
  name: 'hcloud-csi',
  title: "Hetzner's storage driver",
  core: false,
  // Its node pods carry no toleration of a node that the cloud controller has not met.
  needs: ['hcloud-ccm'],
  key: 'hcloud_csi',
  release: 'hcloud-csi',
  namespace: 'kube-system',
  workloads: ['deployment/hcloud-csi-controller', 'daemonset/hcloud-csi-node'],
  values: (config, { tokenMark }) => ({
    controller: {
      replicaCount: 1,
      ...onControlPlanes(config),
      hcloudVolumeDefaultLocation: config.hcloud.location,
      // By it a destroy knows whose a volume is, also when the cluster is gone.
      volumeExtraLabels: { cluster: config.cluster_name, 'installed-by': 'oxide' },
      // Of one replica the chart's budget lets none go: no control plane could ever be drained.
      podDisruptionBudget: { create: false },
      ...(tokenMark !== undefined && { podAnnotations: { 'oxide/hcloud-token': tokenMark } }),
    },
    storageClasses: [
      { name: 'hcloud-volumes', defaultStorageClass: true, reclaimPolicy: 'Delete' },
      ...(config.addons.hcloud_csi.luks ? [encryptedClass] : []),
    ],
  }),
  protectedKeys: [
    'controller.volumeExtraLabels.cluster',
    'controller.volumeExtraLabels.installed-by',
    'controller.hcloudToken',
  ],
  usesToken: true,
  about: {
    purpose: 'Volumes of Hetzner for claims, by the storage class `hcloud-volumes`, the default.',
    cost: 'each volume is paid for by its size, at least 10 GB',
    remarks:
      'It needs a token. Volumes carry the label `cluster`; a destroy keeps them unless it is told otherwise. With `luks: true` the storage class `hcloud-volumes-encrypted` is there too: its passphrase is made once, kept as `volumes.passphrase` in the output folder and in copies of the secrets, and is a Secret in `kube-system`; whoever loses all three loses what is in those volumes.',
    stays: 'Volumes, their PersistentVolumes and the claims stay; nobody attaches them any more.',
  },
};
