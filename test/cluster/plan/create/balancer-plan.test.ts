import { describe, expect, test } from 'vitest';
import type { ClusterConfig } from '../../../../src/config/schema.js';
import type { Catalogue } from '../../../../src/cluster/catalogue/catalogue.js';
import {
  balancerWarnings,
  plannedBalancer,
} from '../../../../src/cluster/plan/create/balancer-plan.js';
import { parseConfig } from '../../../../src/config/load.js';
import { nothing } from '../../fixtures.js';

const price = { hourlyNet: 0.01, hourlyGross: 0.01, monthlyNet: 7.49, monthlyGross: 7.49 };

const catalogue: Catalogue = {
  ...{ serverTypes: [], images: [], currency: 'EUR', primaryIpv4: price },
  locations: [
    { name: 'nbg1', city: 'Nuremberg', networkZone: 'eu-central' },
    { name: 'ash', city: 'Ashburn', networkZone: 'us-east' },
  ],
  loadBalancerTypes: [
    { name: 'lb11', maxServices: 5, maxTargets: 4, prices: [{ location: 'nbg1', price }] },
    { name: 'lb21', maxServices: 1, maxTargets: 75, prices: [{ location: 'nbg1', price }] },
  ],
};

function configOf(api: string, { count = 3, more = '' } = {}): ClusterConfig {
  const text = `cluster_name: demo
hcloud: { location: nbg1 }
api: ${api}
control_planes: [{ name: cp, server_type: cx23, count: ${count} }]
${more}
`;
  return parseConfig(text, { file: 'cluster.yaml' });
}

const planned = (api: string, more = {}) =>
  plannedBalancer({ config: configOf(api, more), state: nothing, catalogue });

describe('the load balancer of a plan', () => {
  test('is there when cluster.yaml asks for it, by name or by three control planes', () => {
    expect(planned('{ endpoint: first }')).toBeUndefined();
    expect(planned('{}', { count: 1 })).toBeUndefined();
    expect(planned('{}')).toEqual(planned('{ endpoint: load_balancer }'));
    expect(planned('{ endpoint: load_balancer }')).toMatchObject({
      ...{ name: 'demo', type: 'lb11', location: 'nbg1', privateIp: '10.0.1.254' },
      ...{ isPublic: false, existing: undefined },
    });
  });

  test.each([
    ['type: lb99', 'api.load_balancer.type: Hetzner has no load balancer type "lb99"'],
    ['type: lb21', 'api.load_balancer.type: lb21 has 1 services, and 2 are needed'],
    ['location: mars', 'api.load_balancer.location: Hetzner has no location "mars"'],
    ['location: ash', 'api.load_balancer.location: ash is in us-east, the network in eu-central'],
  ])('with %s is refused', (key, message) => {
    expect(() => planned(`{ endpoint: load_balancer, load_balancer: { ${key} } }`)).toThrow(
      message,
    );
  });

  test('has to have room for all control planes', () => {
    expect(() => planned('{ endpoint: load_balancer }', { count: 5 })).toThrow(
      'lb11 has 4 targets, and there are 5 control planes',
    );
  });

  test.each(['config_patches', 'control_plane_patches', 'worker_patches'])(
    'is refused when %s turn discovery off',
    (key) => {
      const more = `talos: { ${key}: ["cluster: { discovery: { enabled: false } }"] }`;
      expect(() => planned('{ endpoint: load_balancer }', { more })).toThrow(
        'would not find the others',
      );
    },
  );

  test('is warned of in plain words when the internet reaches it', () => {
    const open = planned('{ endpoint: load_balancer, load_balancer: { public: true } }');
    expect(balancerWarnings(open)).toEqual([
      'The load balancer opens 6443 and 50000 to the whole internet, because no firewall can stand before it: only client certificates of the cluster keep others out.',
    ]);
    expect(balancerWarnings(planned('{ endpoint: load_balancer }'))).toEqual([]);
  });
});
