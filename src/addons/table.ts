import type { Addon } from './addon.js';
import { argocd } from './argocd.js';
import { certManager } from './cert-manager.js';
import { cilium } from './cilium.js';
import { externalDns } from './external-dns.js';
import { gatewayApi } from './gateway-api.js';
import { hcloudCcm } from './hcloud-ccm.js';
import { hcloudCsi } from './hcloud-csi.js';
import { kubePrometheusStack } from './kube-prometheus-stack.js';
import { metricsServer } from './metrics-server.js';
import { talosCcm } from './talos-ccm.js';
import { traefik } from './traefik.js';

/** Everything that oxide can install, each after what it needs. */
export const addonTable: readonly Addon[] = [
  gatewayApi,
  cilium,
  hcloudCcm,
  talosCcm,
  hcloudCsi,
  metricsServer,
  certManager,
  externalDns,
  traefik,
  argocd,
  kubePrometheusStack,
];
