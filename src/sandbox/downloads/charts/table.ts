import { argoCd } from './argo-cd.js';
import { certManager } from './cert-manager.js';
import { externalDns } from './external-dns.js';
import { hcloudCloudControllerManager } from './hcloud-ccm.js';
import { hcloudCsi } from './hcloud-csi.js';
import { kubePrometheusStack } from './kube-prometheus-stack.js';
import { metricsServer } from './metrics-server.js';
import type { StandIn } from './stand-in.js';
import { talosCloudControllerManager } from './talos-ccm.js';
import { traefik } from './traefik.js';

/** Charts beside Cilium's that the simulated repository carries. */
export const standIns: readonly StandIn[] = [
  hcloudCloudControllerManager,
  hcloudCsi,
  talosCloudControllerManager,
  metricsServer,
  certManager,
  externalDns,
  traefik,
  argoCd,
  kubePrometheusStack,
];
