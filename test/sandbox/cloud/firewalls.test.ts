import { describe, expect, it } from 'vitest';
import { idOf, Driver, plainServer } from './driver.js';

const rule = (port: string, ...source_ips: string[]): object => ({
  direction: 'in',
  protocol: 'tcp',
  port,
  source_ips,
});

describe('firewalls', () => {
  it('let in what one rule of any of them allows, and nothing else', () => {
    const driver = new Driver();
    const make = (name: string, ...rules: object[]): { firewall: number } => ({
      firewall: idOf(driver.post('/firewalls', { name, rules }), 'firewall'),
    });
    const firewalls = [
      make('api', rule('6443', '198.51.100.7/32'), rule('50000-50001', '2001:db8:1::/48')),
      make('web', rule('80', '0.0.0.0/0', '::/0')),
    ];
    const id = idOf(driver.post('/servers', { ...plainServer('a'), firewalls }), 'server');
    driver.rest();
    const seen = (source: string, port: number): boolean => driver.cloud.admits(id, source, port);
    expect(seen('198.51.100.7', 6443)).toBe(true);
    expect(seen('198.51.100.8', 6443)).toBe(false);
    expect(seen('198.51.100.8', 80)).toBe(true);
    expect(seen('2001:db8:1::5', 50001)).toBe(true);
    expect(seen('2001:db8:2::5', 50001)).toBe(false);
    expect(seen('198.51.100.7', 22)).toBe(false);
  });

  it('leave a server open that has none, and through a selector only after a moment', () => {
    const driver = new Driver();
    const firewall = idOf(driver.post('/firewalls', { name: 'fw' }), 'firewall');
    const id = idOf(driver.post('/servers', plainServer('a')), 'server');
    driver.rest();
    expect(driver.cloud.admits(id, '198.51.100.7', 22)).toBe(true);
    const target = { type: 'label_selector', label_selector: { selector: 'role in (worker)' } };
    driver.post(`/firewalls/${firewall}/actions/apply_to_resources`, { apply_to: [target] });
    driver.rest();
    driver.send('PUT', `/servers/${id}`, { labels: { role: 'worker' } });
    const states = (): unknown =>
      driver.get(`/servers/${id}`)['server']?.['public_net']?.['firewalls'];
    expect(states()).toEqual([{ id: firewall, status: 'pending' }]);
    expect(driver.cloud.admits(id, '198.51.100.7', 22)).toBe(true);
    driver.pass(5);
    expect(states()).toEqual([{ id: firewall, status: 'applied' }]);
    expect(driver.cloud.admits(id, '198.51.100.7', 22)).toBe(false);
    const server = [{ type: 'server', server: { id } }];
    const remove = `/firewalls/${firewall}/actions/remove_from_resources`;
    expect(driver.outcome('POST', remove, { remove_from: server })).toBe(
      '422 firewall_managed_by_label_selector',
    );
    driver.send('PUT', `/servers/${id}`, { labels: {} });
    expect(states()).toEqual([]);
    expect(driver.outcome('DELETE', `/firewalls/${firewall}`)).toBe('422 resource_in_use');
  });

  it('return IPv6 blocks in canonical form, and every field of a rule', () => {
    const driver = new Driver();
    const rules = [rule('any', '2001:0DB8:0000::0/32')];
    expect(driver.post('/firewalls', { name: 'fw', rules })['firewall']?.['rules']).toEqual([
      {
        direction: 'in',
        protocol: 'tcp',
        port: 'any',
        source_ips: ['2001:db8::/32'],
        destination_ips: [],
        description: null,
      },
    ]);
  });

  it.each([
    ['host bits', rule('80', '10.0.0.1/24')],
    ['an address without a prefix', rule('80', '10.0.0.1')],
    ['a port that is none', rule('http', '0.0.0.0/0')],
    ['a range the wrong way round', rule('90-80', '0.0.0.0/0')],
    ['no port', { ...rule('80', '0.0.0.0/0'), port: undefined }],
    ['a port of a protocol without ports', { ...rule('80', '0.0.0.0/0'), protocol: 'icmp' }],
    ['an unknown field', { ...rule('80', '0.0.0.0/0'), ports: '80' }],
  ])('refuse a rule with %s', (_what, wrong) => {
    const order = { name: 'fw', rules: [wrong] };
    expect(new Driver().outcome('POST', '/firewalls', order)).toBe('422 invalid_input');
  });

  it.each([
    ['500', 50, '201'],
    ['501', 51, '422 invalid_input'],
  ])('take %s rules for one block each, spread over six', (_count, last, outcome) => {
    const blocks = (count: number): string[] =>
      Array.from({ length: count }, (_, n) => `198.51.100.${n}/32`);
    const sizes = [100, 100, 100, 100, 50, last];
    const rules = sizes.map((size, n) => rule(String(n + 1), ...blocks(size)));
    const driver = new Driver();
    expect(driver.outcome('POST', '/firewalls', { name: 'fw', rules })).toBe(outcome);
    const firewall = idOf(driver.post('/firewalls', { name: 'empty' }), 'firewall');
    const set = `/firewalls/${firewall}/actions/set_rules`;
    expect(driver.outcome('POST', set, { rules })).toBe(outcome);
  });

  it('hold at most fifty rules', () => {
    const rules = Array.from({ length: 51 }, (_, n) => rule(String(n + 1), '0.0.0.0/0'));
    expect(new Driver().outcome('POST', '/firewalls', { name: 'fw', rules })).toBe(
      '422 invalid_input',
    );
  });
});
