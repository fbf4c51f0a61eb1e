import { describe, expect, it } from 'vitest';
import { idOf, Driver, plainNetwork, plainServer } from './driver.js';

function privateIps(driver: Driver): string[] {
  return driver.cloud.machines().flatMap((machine) => machine.privateIps.map(({ ip }) => ip));
}

describe('a load balancer that is being deleted', () => {
  it('keeps its name, its address and its network until the action has ended', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    const wish = { name: 'lb', load_balancer_type: 'lb11', location: 'nbg1', network };
    const balancer = idOf(driver.post('/load_balancers', wish), 'load_balancer');
    driver.rest();
    const { status, body } = driver.send('DELETE', `/load_balancers/${balancer}`);
    expect([status, body['action']?.['command'], body['action']?.['status']]).toEqual([
      ...[201, 'delete_load_balancer', 'running'],
    ]);
    expect(driver.outcome('DELETE', `/load_balancers/${balancer}`)).toBe('423 locked');
    expect(driver.outcome('POST', '/load_balancers', wish)).toBe('409 uniqueness_error');
    expect(driver.outcome('DELETE', `/networks/${network}`)).toBe('422 resource_in_use');
    const subnet = { ip_range: '10.0.1.0/24' };
    const emptied = `/networks/${network}/actions/delete_subnet`;
    expect(driver.outcome('POST', emptied, subnet)).toBe('422 service_error');
    driver.rest();
    expect(driver.outcome('GET', `/load_balancers/${balancer}`)).toBe('404 not_found');
    expect(driver.outcome('POST', emptied, subnet)).toBe('201');
    driver.rest();
    expect(driver.outcome('DELETE', `/networks/${network}`)).toBe('204');
  });
});

describe('private networks', () => {
  it('have at most a hundred servers', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    const order = (n: number) => ({ ...plainServer(`s-${n}`), networks: [network] });
    for (let n = 1; n <= 100; n++) driver.post('/servers', order(n));
    driver.rest();
    expect(driver.outcome('POST', '/servers', order(101))).toBe('403 resource_limit_exceeded');
    const outside = idOf(driver.post('/servers', plainServer('outside')), 'server');
    driver.rest();
    expect(
      driver.outcome('POST', `/servers/${outside}/actions/attach_to_network`, { network }),
    ).toBe('403 resource_limit_exceeded');
  });

  it('hand out the lowest free address, and never the gateway', () => {
    const driver = new Driver();
    const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.0.0/24' }];
    const network = idOf(driver.post('/networks', { ...plainNetwork(), subnets }), 'network');
    for (const name of ['a', 'b'])
      driver.post('/servers', { ...plainServer(name), networks: [network] });
    driver.rest();
    expect(privateIps(driver)).toEqual(['10.0.0.2', '10.0.0.3']);
    expect(driver.get(`/networks/${network}`)['network']).toMatchObject({
      subnets: [{ gateway: '10.0.0.1' }],
    });
  });

  it.each([
    ['the first address of the subnet', '10.0.1.0', '422 ip_not_available'],
    ['the last address of the subnet', '10.0.1.255', '422 ip_not_available'],
    ['an address in use', '10.0.1.1', '422 ip_not_available'],
    ['an address outside every subnet', '10.0.2.1', '422 no_subnet_available'],
    ['no address', 'ten', '422 invalid_input'],
    ['a free address', '10.0.1.254', '201'],
  ])('answer a wish for %s', (_what, ip, outcome) => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    driver.post('/servers', { ...plainServer('first'), networks: [network] });
    const id = idOf(driver.post('/servers', plainServer('second')), 'server');
    driver.rest();
    const attach = `/servers/${id}/actions/attach_to_network`;
    expect(driver.outcome('POST', attach, { network, ip })).toBe(outcome);
  });

  it('are bound to the zone of their subnets', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    const american = { ...plainServer('us'), server_type: 'ccx13', location: 'ash' };
    const order = { ...american, networks: [network] };
    expect(driver.outcome('POST', '/servers', order)).toBe('422 no_subnet_available');
  });

  it('take a server once, and one change at a time', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    const id = idOf(
      driver.post('/servers', { ...plainServer('a'), networks: [network] }),
      'server',
    );
    driver.rest();
    const attach = `/servers/${id}/actions/attach_to_network`;
    expect(driver.outcome('POST', attach, { network })).toBe('422 server_already_attached');
    const subnet = { type: 'cloud', network_zone: 'us-east' };
    const change = `/networks/${network}/actions/add_subnet`;
    expect(driver.outcome('POST', change, subnet)).toBe('201');
    expect(driver.outcome('POST', change, { ...subnet, network_zone: 'us-west' })).toBe(
      '409 conflict',
    );
    driver.rest();
    expect(driver.outcome('POST', change, { ...subnet, network_zone: 'us-west' })).toBe('201');
    const subnets = driver.get(`/networks/${network}`)['network']?.['subnets'];
    expect(subnets).toMatchObject([
      { ip_range: '10.0.1.0/24' },
      { ip_range: '10.0.0.0/24' },
      { ip_range: '10.0.2.0/24' },
    ]);
  });

  it.each([
    ['a public range', { ip_range: '203.0.113.0/24' }],
    ['a range with host bits', { ip_range: '10.0.0.1/16' }],
    ['a range that is too small', { ip_range: '10.0.0.0/25', subnets: [] }],
    [
      'a subnet outside',
      { subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.1.0.0/24' }] },
    ],
    ['an unknown zone', { subnets: [{ type: 'cloud', network_zone: 'mars' }] }],
    ['an unknown field', { zone: 'eu-central' }],
  ])('refuse %s', (_what, change) => {
    const order = { ...plainNetwork(), ...change };
    expect(new Driver().outcome('POST', '/networks', order)).toBe('422 invalid_input');
  });

  it('detach their servers when they are deleted, unless protected', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    driver.post('/servers', { ...plainServer('a'), networks: [network] });
    driver.post(`/networks/${network}/actions/change_protection`, { delete: true });
    driver.rest();
    expect(driver.outcome('DELETE', `/networks/${network}`)).toBe('423 protected');
    driver.post(`/networks/${network}/actions/change_protection`, { delete: false });
    driver.rest();
    expect(driver.outcome('DELETE', `/networks/${network}`)).toBe('204');
    expect(privateIps(driver)).toEqual([]);
  });
});
