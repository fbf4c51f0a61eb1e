/** The addons without which a cluster runs no workloads in earnest: on, unless cluster.yaml says otherwise. */
export const defaultAddons: readonly string[] = [
  'hcloud_ccm',
  'hcloud_csi',
  'talos_ccm',
  'metrics_server',
];
