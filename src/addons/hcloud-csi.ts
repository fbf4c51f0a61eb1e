import type { ChartAddon } from './addon.js';
import { onControlPlanes } from './nodes.js';

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
      ...onControlPlanes,
      hcloudVolumeDefaultLocation: config.hcloud.location,
      // By it a destroy knows whose a volume is, also when the cluster is gone.
      volumeExtraLabels: { cluster: config.cluster_name, 'installed-by': 'oxide' },
      // Of one replica the chart's budget lets none go: no control plane could ever be drained.
      podDisruptionBudget: { create: false },
      ...(tokenMark !== undefined && { podAnnotations: { 'oxide/hcloud-token': tokenMark } }),
    },
    storageClasses: [
      { name: 'hcloud-volumes', defaultStorageClass: true, reclaimPolicy: 'Delete' },
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
      'It needs a token. Volumes carry the label `cluster`; a destroy keeps them unless it is told otherwise.',
    stays: 'Volumes, their PersistentVolumes and the claims stay; nobody attaches them any more.',
  },
};
