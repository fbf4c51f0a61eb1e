import type { DefinitionsAddon } from './addon.js';

/** The definitions of Gateways and routes, which Cilium's operator looks for once, at its start. */
export const gatewayApi: DefinitionsAddon = {
  kind: 'definitions',
  name: 'gateway-api',
  title: 'the Gateway API',
  core: true,
  needs: [],
  about: {
    purpose: 'The definitions of Gateways and their routes.',
    cost: 'nothing',
    remarks:
      'Always there; its release is the one that belongs to the version of Cilium. `addons.gateway_api.channel: experimental` has TCP, TLS and UDP routes with older releases too, and what is still tried out; oxide never takes these back.',
  },
};
