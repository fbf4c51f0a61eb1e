import type { ChartAddon } from './addon.js';

/** Certificates for Gateways, from Let's Encrypt or others. */
export const certManager: ChartAddon = {
  kind: 'chart',
  name: 'cert-manager',
  title: 'cert-manager',
  core: false,
  // It looks for the Gateway API once, at its start.
  needs: ['gateway-api', 'hcloud-ccm'],
  key: 'cert_manager',
  release: 'cert-manager',
  namespace: 'cert-manager',
  workloads: [
    'deployment/cert-manager',
    'deployment/cert-manager-cainjector',
    'deployment/cert-manager-webhook',
  ],
  values: () => ({
    crds: { enabled: true },
    config: {
      apiVersion: 'controller.config.cert-manager.io/v1alpha1',
      kind: 'ControllerConfiguration',
      enableGatewayAPI: true,
    },
    // A job that helm would wait for; oxide looks at the pods itself.
    startupapicheck: { enabled: false },
  }),
  protectedKeys: [],
  about: {
    purpose: 'Certificates for Gateways and Ingresses, renewed in time.',
    cost: 'nothing',
    remarks: 'Issuers are yours to make, once its webhook answers.',
    stays: 'Its definitions stay, and with them issuers and certificates; nobody renews these.',
  },
};
