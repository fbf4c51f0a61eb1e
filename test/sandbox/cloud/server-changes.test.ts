import { describe, expect, it } from 'vitest';
import { idOf, inside, Driver, plainNetwork, plainServer, type Json } from './driver.js';

function serverIn(driver: Driver, more: object = {}) {
  const id = idOf(driver.post('/servers', { ...plainServer('one'), ...more }), 'server');
  driver.rest();
  return {
    id,
    act: (action: string, body?: unknown): string => {
      const outcome = driver.outcome('POST', `/servers/${id}/actions/${action}`, body);
      driver.rest();
      return outcome;
    },
    look: (): Json => inside(driver.get(`/servers/${id}`), 'server'),
  };
}

describe('a server that is rebuilt', () => {
  it('starts from the new image, and keeps its user data unless given other', () => {
    const driver = new Driver();
    const talos = driver.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
    const { act, look } = serverIn(driver, { user_data: 'old' });
    const machine = () => driver.cloud.machines()[0];
    expect(act('rebuild', { image: talos })).toBe('201');
    expect(look()).toMatchObject({ status: 'running', image: { id: talos } });
    expect(machine()).toMatchObject({ image: { talosVersion: 'v1.13.9' }, userData: 'old' });
    const first = machine()?.rebuiltAt;
    driver.pass(1);
    expect(act('rebuild', { image: talos, user_data: 'new' })).toBe('201');
    expect(machine()).toMatchObject({ userData: 'new' });
    expect(machine()?.rebuiltAt).toBeGreaterThan(first ?? 0);
  });

  it('is not while that is forbidden', () => {
    const { act } = serverIn(new Driver());
    act('change_protection', { delete: true, rebuild: true });
    expect(act('rebuild', { image: 'debian-13' })).toBe('423 protected');
  });
});

describe('a server whose type changes', () => {
  it('is off before and runs afterwards, with its old disk unless that grows too', () => {
    const { act, look } = serverIn(new Driver());
    const larger = { server_type: 'cx33', upgrade_disk: false };
    expect(act('change_type', larger)).toBe('422 server_not_stopped');
    act('poweroff');
    expect(act('change_type', larger)).toBe('201');
    expect(look()).toMatchObject({
      ...{ status: 'running', server_type: { name: 'cx33' }, primary_disk_size: 40 },
    });
    act('poweroff');
    expect(act('change_type', { server_type: 'cx23', upgrade_disk: false })).toBe('201');
    act('poweroff');
    expect(act('change_type', { server_type: 'cx33', upgrade_disk: true })).toBe('201');
    expect(look()['primary_disk_size']).toBe(80);
    act('poweroff');
    const smaller = { server_type: 'cx23', upgrade_disk: false };
    expect(act('change_type', smaller)).toBe('422 invalid_server_type');
    expect(act('change_type', { server_type: 'cax21', upgrade_disk: false })).toBe(
      '422 invalid_server_type',
    );
  });

  it('is not sold what is sold out', () => {
    const driver = new Driver();
    const { act } = serverIn(driver);
    act('poweroff');
    driver.cloud.setAvailability('cx33', 'nbg1', false);
    expect(act('change_type', { server_type: 'cx33', upgrade_disk: true })).toBe(
      '412 resource_unavailable',
    );
  });
});

describe('the addresses of a server', () => {
  it('have aliases in a network, all of which are replaced', () => {
    const driver = new Driver();
    const network = idOf(driver.post('/networks', plainNetwork()), 'network');
    const { act, look } = serverIn(driver, { networks: [network] });
    const aliases = (...alias_ips: string[]): string =>
      act('change_alias_ips', { network, alias_ips });
    expect(aliases('10.0.1.50', '10.0.1.51')).toBe('201');
    expect(aliases('10.0.1.51', '10.0.1.52')).toBe('201');
    expect(look()['private_net']?.[0]?.['alias_ips']).toEqual(['10.0.1.51', '10.0.1.52']);
    expect(aliases('10.0.1.1')).toBe('422 ip_not_available');
    expect(aliases('10.9.0.1')).toBe('422 no_subnet_available');
  });

  it('are moved only while it is off', () => {
    const driver = new Driver();
    const { act, id, look } = serverIn(driver);
    const ip = Number(look()['public_net']?.['ipv4']?.['id']);
    const move = (action: string, body?: unknown): string =>
      driver.outcome('POST', `/primary_ips/${ip}/actions/${action}`, body);
    expect(move('unassign')).toBe('422 server_not_stopped');
    act('poweroff');
    expect(move('unassign')).toBe('201');
    expect(look()['public_net']).toMatchObject({ ipv4: null });
    expect(move('assign', { assignee_type: 'server', assignee_id: id })).toBe('201');
    expect(look()['public_net']).toMatchObject({ ipv4: { id: ip } });
  });
});

describe('backups', () => {
  it('are made only where they are switched on, and go with that', () => {
    const driver = new Driver();
    const { act, look } = serverIn(driver);
    expect(act('create_image', { type: 'backup' })).toBe('422 unsupported_error');
    act('enable_backup');
    expect(look()['backup_window']).toBe('22-02');
    expect(act('create_image', { type: 'backup' })).toBe('201');
    const backups = (): Json => inside(driver.get('/images?type=backup'), 'images');
    expect(backups()).toHaveLength(1);
    act('disable_backup');
    expect(backups()).toHaveLength(0);
    expect(look()['backup_window']).toBeNull();
  });
});
