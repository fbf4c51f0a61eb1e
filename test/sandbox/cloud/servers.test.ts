import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../../src/sandbox/cloud/cloud.js';
import { idOf, inside, Driver, plainNetwork, plainServer, publicKey, type Json } from './driver.js';

function withNetwork(): { driver: Driver; network: number } {
  const driver = new Driver();
  return { driver, network: idOf(driver.post('/networks', plainNetwork()), 'network') };
}

describe('creating a server', () => {
  it('locks it, hides its private address and boots it only when the create action has ended', () => {
    const { driver, network } = withNetwork();
    const answer = driver.post('/servers', { ...plainServer('one'), networks: [network] });
    const id = idOf(answer, 'server');
    expect(answer['server']).toMatchObject({
      status: 'initializing',
      locked: true,
      private_net: [],
    });
    expect(answer['next_actions']).toMatchObject([{ command: 'start_server', status: 'running' }]);
    driver.pass(21);
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({
      status: 'off',
      locked: true,
      private_net: [{ network, ip: '10.0.1.1' }],
    });
    expect(driver.cloud.machines()[0]?.poweredOnAt).toBeUndefined();
    driver.pass(8);
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({
      status: 'running',
      locked: false,
    });
    expect(driver.cloud.machines()[0]).toMatchObject({
      poweredOnAt: driver.now - 1000,
      publicIpv4: '203.0.113.1',
      privateIps: [{ networkId: network, ip: '10.0.1.1' }],
    });
  });

  it('can be stopped short of the boot, so that a fixed address comes first', () => {
    const { driver, network } = withNetwork();
    const order = { ...plainServer('cp'), start_after_create: false };
    const id = idOf(driver.post('/servers', order), 'server');
    expect(driver.outcome('POST', `/servers/${id}/actions/poweron`)).toBe('423 locked');
    driver.rest();
    expect(driver.cloud.machines()[0]?.poweredOnAt).toBeUndefined();
    driver.post(`/servers/${id}/actions/attach_to_network`, { network, ip: '10.0.1.250' });
    driver.rest();
    driver.post(`/servers/${id}/actions/poweron`);
    driver.rest();
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({
      status: 'running',
      private_net: [{ ip: '10.0.1.250' }],
    });
  });

  it.each([
    ['a name that is taken', { name: 'taken' }, '409 uniqueness_error'],
    ['a name that is no host name', { name: 'no_host' }, '422 invalid_input'],
    ['a field that does not exist', { colour: 'red' }, '422 invalid_input'],
    ['a location removed from the API', { datacenter: 'nbg1-dc3' }, '422 invalid_input'],
    ['an image that does not exist', { image: 'talos' }, '404 not_found'],
    ['a network that does not exist', { networks: [1] }, '404 not_found'],
    [
      'a type for another architecture',
      { server_type: 'cax11', image: 161547269 },
      '422 invalid_input',
    ],
    ['a type that is gone here', { server_type: 'cpx21' }, '422 invalid_input'],
    ['a type that is not offered here', { location: 'ash' }, '422 invalid_input'],
    ['a type that is sold out', { location: 'fsn1' }, '412 resource_unavailable'],
    ['a location that is closed', { location: 'hel1' }, '412 resource_unavailable'],
    ['user data beyond 32 KiB', { user_data: 'ä'.repeat(16_385) }, '422 invalid_input'],
    ['a label value with a slash', { labels: { a: 'b/c' } }, '422 invalid_input'],
    ['a reserved label', { labels: { 'hetzner.cloud/a': 'b' } }, '422 invalid_input'],
    [
      'no network at all',
      { public_net: { enable_ipv4: false, enable_ipv6: false } },
      '422 invalid_input',
    ],
  ])('refuses %s', (_what, change, outcome) => {
    const driver = new Driver();
    driver.post('/servers', plainServer('taken'));
    driver.cloud.setAvailability('cx23', 'fsn1', false);
    driver.cloud.setLocation('hel1', false);
    expect(driver.outcome('POST', '/servers', { ...plainServer('new'), ...change })).toBe(outcome);
    expect(driver.get('/servers')['servers']).toHaveLength(1);
  });

  it('accepts user data of exactly 32 KiB', () => {
    const order = { ...plainServer('big'), user_data: 'x'.repeat(32_768) };
    expect(new Driver().outcome('POST', '/servers', order)).toBe('201');
  });

  it('refuses a snapshot of a larger disk, by name, or of another architecture', () => {
    const driver = new Driver();
    const snapshot = (architecture: 'x86' | 'arm', diskSize: number): number =>
      driver.cloud.ensureSnapshot({ talosVersion: `v1.${diskSize}.0`, architecture, diskSize });
    const order = (image: unknown): string =>
      driver.outcome('POST', '/servers', { ...plainServer(`s${String(image)}`), image });
    expect(order(snapshot('x86', 80))).toBe('422 invalid_input');
    expect(order(snapshot('arm', 40))).toBe('422 invalid_input');
    expect(order(snapshot('x86', 40))).toBe('201');
    expect(driver.cloud.machines()[0]?.image).toEqual({
      talosVersion: 'v1.40.0',
      architecture: 'x86',
    });
  });

  it('stops at the limit of the account', () => {
    const driver = new Driver();
    driver.cloud.setLimit('server_limit', 1);
    driver.post('/servers', plainServer('one'));
    const refused = driver.send('POST', '/servers', plainServer('two'));
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toMatchObject({
      code: 'resource_limit_exceeded',
      details: { limits: [{ name: 'server_limit' }] },
    });
    driver.cloud.setLimit('server_limit', undefined);
    driver.post('/servers', plainServer('two'));
  });

  it('counts both addresses of a server against the limit of addresses', () => {
    const driver = new Driver();
    driver.cloud.setLimit('primary_ip_limit', 3);
    driver.post('/servers', plainServer('one'));
    const second = (enable_ipv6: boolean) =>
      driver.outcome('POST', '/servers', {
        ...plainServer('two'),
        public_net: { enable_ipv4: true, enable_ipv6 },
      });
    expect(second(true)).toBe('403 resource_limit_exceeded');
    expect(second(false)).toBe('201');
  });

  it.each([
    [
      'a type',
      (cloud: Cloud) => {
        cloud.setAvailability('cx23', 'fsn1', false, { announced: false });
      },
      'error during placement',
    ],
    [
      'a location',
      (cloud: Cloud) => {
        cloud.setLocation('fsn1', false, { announced: false });
      },
      'server location disabled',
    ],
  ])('refuses %s that the catalogue still offers', (_what, sellOut, message) => {
    const driver = new Driver();
    sellOut(driver.cloud);
    const types = driver.get('/server_types?name=cx23')['server_types'] as unknown as {
      locations: { name: string; available: boolean }[];
    }[];
    expect(types[0]?.locations.find(({ name }) => name === 'fsn1')?.available).toBe(true);
    const refused = driver.send('POST', '/servers', { ...plainServer('new'), location: 'fsn1' });
    expect(refused.body['error']).toMatchObject({ code: 'resource_unavailable', message });
  });

  it('puts at most ten servers into a placement group', () => {
    const driver = new Driver();
    const group = driver.post('/placement_groups', { name: 'g', type: 'spread' });
    const order = { placement_group: idOf(group, 'placement_group') };
    for (let n = 0; n < 10; n++) driver.post('/servers', { ...plainServer(`s${n}`), ...order });
    const eleventh = { ...plainServer('s10'), ...order };
    expect(driver.outcome('POST', '/servers', eleventh)).toBe(
      '422 placement_group_member_limit_reached',
    );
  });
});

describe('deleting a server', () => {
  it('frees its name with the action, and firewall and addresses a little later', () => {
    const { driver, network } = withNetwork();
    const firewall = idOf(driver.post('/firewalls', { name: 'fw' }), 'firewall');
    const order = { ...plainServer('one'), networks: [network], firewalls: [{ firewall }] };
    const id = idOf(driver.post('/servers', order), 'server');
    driver.rest();
    expect(driver.send('DELETE', `/servers/${id}`).body['action']).toMatchObject({
      command: 'delete_server',
      status: 'running',
    });
    expect(driver.cloud.machines()).toEqual([]);
    expect(driver.outcome('POST', '/servers', plainServer('one'))).toBe('409 uniqueness_error');
    driver.pass(7);
    expect(driver.outcome('GET', `/servers/${id}`)).toBe('404 not_found');
    expect(driver.get('/primary_ips')['primary_ips']).toEqual([]);
    expect(driver.outcome('DELETE', `/firewalls/${firewall}`)).toBe('422 resource_in_use');
    const subnet = { ip_range: '10.0.1.0/24' };
    const deleteSubnet = `/networks/${network}/actions/delete_subnet`;
    expect(driver.outcome('POST', deleteSubnet, subnet)).toBe('422 service_error');
    driver.pass(3);
    expect(driver.outcome('DELETE', `/firewalls/${firewall}`)).toBe('204');
    expect(driver.outcome('POST', deleteSubnet, subnet)).toBe('201');
    expect(driver.outcome('POST', '/servers', plainServer('one'))).toBe('201');
  });

  it('is refused while it is protected or something runs on it', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('one')), 'server');
    expect(driver.outcome('DELETE', `/servers/${id}`)).toBe('423 locked');
    driver.rest();
    const protection = { delete: true, rebuild: true };
    driver.post(`/servers/${id}/actions/change_protection`, protection);
    driver.rest();
    expect(driver.outcome('DELETE', `/servers/${id}`)).toBe('423 protected');
  });

  it('keeps a primary IP that was made by hand', () => {
    const driver = new Driver();
    const wish = { name: 'ip', type: 'ipv4', location: 'nbg1' };
    const ip = idOf(driver.post('/primary_ips', wish), 'primary_ip');
    const order = { ...plainServer('one'), public_net: { ipv4: ip } };
    const id = idOf(driver.post('/servers', order), 'server');
    driver.rest();
    expect(driver.outcome('DELETE', `/primary_ips/${ip}`)).toBe('422 must_be_unassigned');
    driver.send('DELETE', `/servers/${id}`);
    driver.rest();
    expect(driver.get('/primary_ips')['primary_ips']).toMatchObject([
      { id: ip, assignee_type: 'unassigned', assignee_id: null },
    ]);
    expect(driver.outcome('DELETE', `/primary_ips/${ip}`)).toBe('204');
  });
});

describe('power', () => {
  it('is still on when the shutdown action has ended, and off a while later', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('one')), 'server');
    driver.rest();
    driver.post(`/servers/${id}/actions/shutdown`);
    driver.pass(3);
    const [action] = driver.get(`/servers/${id}/actions?sort=id:desc`)[
      'actions'
    ] as unknown as Json[];
    expect(action).toMatchObject({ command: 'shutdown_server', status: 'success' });
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({ status: 'running' });
    driver.pass(6);
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({ status: 'off' });
  });

  it('boots the rescue system once', () => {
    const driver = new Driver();
    const image = driver.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
    const id = idOf(driver.post('/servers', { ...plainServer('one'), image }), 'server');
    driver.rest();
    driver.post(`/servers/${id}/actions/enable_rescue`, { ssh_keys: [] });
    driver.rest();
    driver.post(`/servers/${id}/actions/reset`);
    driver.rest();
    expect(driver.cloud.machines()[0]?.image).toBeUndefined();
    driver.post(`/servers/${id}/actions/reset`);
    driver.rest();
    expect(driver.cloud.machines()[0]?.image?.talosVersion).toBe('v1.13.9');
  });

  it('gives the rescue system its own keys, and forgets what is not used in an hour', () => {
    const driver = new Driver();
    const key = idOf(driver.post('/ssh_keys', { name: 'build', public_key: publicKey }), 'ssh_key');
    const order = { ...plainServer('one'), start_after_create: false };
    const id = idOf(driver.post('/servers', order), 'server');
    driver.rest();
    const enable = (): Json =>
      driver.post(`/servers/${id}/actions/enable_rescue`, { ssh_keys: [key] });
    expect(enable()).toMatchObject({ root_password: expect.any(String) as string });
    expect(inside(driver.get(`/servers/${id}`), 'server')['rescue_enabled']).toBe(false);
    driver.pass(5);
    expect(inside(driver.get(`/servers/${id}`), 'server')['rescue_enabled']).toBe(true);
    driver.pass(60 * 60);
    expect(inside(driver.get(`/servers/${id}`), 'server')['rescue_enabled']).toBe(false);
    enable();
    driver.rest();
    driver.post(`/servers/${id}/actions/poweron`);
    driver.rest();
    expect(driver.cloud.machines()[0]?.linux).toEqual({ system: 'rescue', keys: [publicKey] });
    expect(inside(driver.get(`/servers/${id}`), 'server')['rescue_enabled']).toBe(false);
  });

  it('makes snapshots of what was written to the disk, and starts from nothing else', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('builder')), 'server');
    driver.rest();
    driver.cloud.writeDisk(id, { bytes: 'AAAA' }, driver.now);
    const snapshot = (): number =>
      idOf(
        driver.post(`/servers/${id}/actions/create_image`, { labels: { os: 'talos' } }),
        'image',
      );
    const broken = snapshot();
    driver.rest();
    driver.cloud.writeDisk(id, { talosVersion: 'v1.13.9', architecture: 'arm' }, driver.now);
    const foreign = snapshot();
    driver.rest();
    driver.cloud.writeDisk(id, { talosVersion: 'v1.13.8', architecture: 'x86' }, driver.now);
    const good = snapshot();
    driver.rest();
    const boots = (image: number): object | undefined => {
      const made = idOf(driver.post('/servers', { ...plainServer(`n${image}`), image }), 'server');
      driver.rest();
      return driver.cloud.machines().find((machine) => machine.id === made);
    };
    expect(boots(broken)).toMatchObject({ image: undefined, linux: undefined });
    expect(boots(foreign)).toMatchObject({ image: undefined, linux: undefined });
    expect(boots(good)).toMatchObject({ image: { talosVersion: 'v1.13.8' } });
  });

  it('does not hear the power button without an operating system', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('one')), 'server');
    driver.rest();
    driver.cloud.writeDisk(id, { bytes: '' }, driver.now);
    driver.post(`/servers/${id}/actions/shutdown`);
    driver.rest();
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({ status: 'running' });
  });

  it('makes as many snapshots as the account may have, and some never become available', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('one')), 'server');
    driver.rest();
    driver.cloud.setLimit('snapshot_limit', 1);
    driver.cloud.stallSnapshots(1);
    const create = `/servers/${id}/actions/create_image`;
    const answer = driver.post(create);
    driver.rest();
    const image = idOf(answer, 'image');
    expect(driver.get(`/images/${image}`)['image']).toMatchObject({ status: 'creating' });
    const action = idOf(answer, 'action');
    expect(driver.get(`/actions/${action}`)['action']).toMatchObject({ status: 'success' });
    expect(driver.outcome('POST', create)).toBe('403 resource_limit_exceeded');
  });

  it('goes off when the operating system says so', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('one')), 'server');
    driver.rest();
    driver.cloud.powerOff(id);
    expect(driver.get(`/servers/${id}`)['server']).toMatchObject({ status: 'off' });
    expect(driver.cloud.machines()[0]?.poweredOnAt).toBeUndefined();
  });
});
