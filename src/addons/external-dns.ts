import type { ChartAddon } from './addon.js';

/** Names for Services and routes, at the provider of the zone. */
export const externalDns: ChartAddon = {
  kind: 'chart',
  name: 'external-dns',
  title: 'external-dns',
  core: false,
  needs: ['gateway-api', 'hcloud-ccm'],
  key: 'external_dns',
  release: 'external-dns',
  namespace: 'external-dns',
  workloads: ['deployment/external-dns'],
  values: (config) => ({
    // Nothing that others wrote is deleted, and two clusters tell their names apart.
    policy: 'upsert-only',
    txtOwnerId: config.cluster_name,
    sources: ['service', 'gateway-httproute'],
  }),
  protectedKeys: ['txtOwnerId'],
  about: {
    purpose: 'Makes DNS records for Services and for routes of Gateways.',
    cost: 'nothing',
    remarks:
      'Name the `provider` in its `values`, and the Secret with the token of the zone in `env` there; the Secret is yours to make.',
    stays: 'The DNS records that it made stay.',
  },
};
