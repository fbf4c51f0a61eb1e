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
    remarks:
      "`addons.cert_manager.issuers` are issuers of Let's Encrypt, for the whole cluster: by HTTP-01 through a Gateway of yours, or by DNS-01 at Cloudflare (`CLOUDFLARE_API_TOKEN`) or at Hetzner (the token of the controllers, and Hetzner's chart `cert-manager-webhook-hetzner` among `addons.charts`). They are the manifest `cert-manager/issuers`, which is applied once the webhook answers. Others are yours to make.",
    stays: 'Its definitions stay, and with them issuers and certificates; nobody renews these.',
  },
};
