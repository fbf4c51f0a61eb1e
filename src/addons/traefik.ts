import type { ChartAddon } from './addon.js';

/** An ingress controller for those who do not use Cilium's Gateways. */
export const traefik: ChartAddon = {
  kind: 'chart',
  name: 'traefik',
  title: 'Traefik',
  core: false,
  needs: ['gateway-api', 'hcloud-ccm'],
  key: 'traefik',
  release: 'traefik',
  namespace: 'traefik',
  workloads: ['deployment/traefik'],
  values: () => ({
    ingressClass: { enabled: true, isDefaultClass: true },
    providers: { kubernetesIngress: { publishedService: { enabled: true } } },
  }),
  protectedKeys: [],
  about: {
    purpose: "Ingresses and routes, for those who do not use Cilium's Gateways.",
    cost: 'its Service is of the type LoadBalancer: with `addons.load_balancers: hcloud` one load balancer',
    remarks: 'Pointless beside Gateways of Cilium: choose one.',
    stays: 'Its definitions stay.',
  },
};
