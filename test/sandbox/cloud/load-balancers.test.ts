import { describe, expect, it } from 'vitest';
import type { Listener } from '../../../src/sandbox/machines.js';
import { idOf, inside, Driver, plainNetwork, plainServer, type Json } from './driver.js';

interface Scene {
  readonly driver: Driver;
  readonly server: number;
  readonly network: number;
  /** Does an action on the load balancer, and waits for it. */
  readonly act: (action: string, body?: unknown) => string;
  readonly look: () => Json;
}

/** A load balancer beside a server in one network; what listens on the server is the test's choice. */
function scene(ports: Record<number, Listener> = {}): Scene {
  const driver = new Driver({ listening: (_machine, port) => ports[port] });
  const network = idOf(driver.post('/networks', plainNetwork()), 'network');
  const server = idOf(
    driver.post('/servers', { ...plainServer('one'), networks: [network] }),
    'server',
  );
  const order = { name: 'lb', load_balancer_type: 'lb11', location: 'nbg1', network };
  const id = idOf(driver.post('/load_balancers', order), 'load_balancer');
  driver.rest();
  return {
    driver,
    server,
    network,
    act: (action, body) => {
      const outcome = driver.outcome('POST', `/load_balancers/${id}/actions/${action}`, body);
      driver.rest();
      return outcome;
    },
    look: () => inside(driver.get(`/load_balancers/${id}`), 'load_balancer'),
  };
}

const tcp = (port: number, more: object = {}): object => ({
  protocol: 'tcp',
  listen_port: port,
  destination_port: port,
  ...more,
});

/** The health of the first target's services, in their order. */
const healthIn = (balancer: Json): object[] =>
  balancer['targets']?.[0]?.['health_status'] as unknown as object[];

describe("a load balancer's services", () => {
  it('are completed, whatever their health check leaves out', () => {
    const { act, look } = scene();
    // As hcloud-cloud-controller-manager, the hcloud CLI and k8zner send them.
    expect(act('add_service', tcp(80, { health_check: { protocol: 'tcp', port: 81 } }))).toBe(
      '201',
    );
    expect(act('add_service', tcp(6443))).toBe('201');
    const http = { protocol: 'http', port: 82, http: { path: '/healthz', tls: true } };
    expect(act('add_service', tcp(82, { health_check: http }))).toBe('201');
    const numbers = { interval: 15, timeout: 10, retries: 3 };
    expect(look()['services']).toMatchObject([
      { proxyprotocol: false, health_check: { protocol: 'tcp', port: 81, ...numbers } },
      { health_check: { protocol: 'tcp', port: 6443, ...numbers } },
      {
        health_check: {
          ...numbers,
          http: { domain: null, path: '/healthz', status_codes: ['2??', '3??'], tls: true },
        },
      },
    ]);
  });

  it('change only in what an update names', () => {
    const { act, look } = scene();
    act('add_service', tcp(80, { proxyprotocol: true }));
    expect(act('update_service', { listen_port: 80, health_check: { retries: 5 } })).toBe('201');
    expect(act('update_service', { listen_port: 80, destination_port: 8080 })).toBe('201');
    expect(act('update_service', { listen_port: 81, destination_port: 1 })).toBe('404 not_found');
    expect(look()['services']).toMatchObject([
      {
        listen_port: 80,
        destination_port: 8080,
        proxyprotocol: true,
        health_check: { retries: 5 },
      },
    ]);
  });

  it('are as many as the type allows', () => {
    const { act } = scene();
    for (const port of [1, 2, 3, 4, 5]) expect(act('add_service', tcp(port))).toBe('201');
    expect(act('add_service', tcp(5))).toBe('412 source_port_already_used');
    expect(act('add_service', tcp(6))).toBe('403 resource_limit_exceeded');
    expect(act('change_type', { load_balancer_type: 'lb21' })).toBe('201');
    expect(act('add_service', tcp(6))).toBe('201');
    expect(act('change_type', { load_balancer_type: 'lb11' })).toBe(
      '422 invalid_load_balancer_type',
    );
  });
});

describe("a target's health", () => {
  const target = (server: number): object => ({
    type: 'server',
    server: { id: server },
    use_private_ip: true,
  });

  it('is unknown until the first check, and changes when as many as its retries say so', () => {
    const ports: Record<number, Listener> = { 80: { tls: false, status: 200 } };
    const { driver, act, look, server } = scene(ports);
    act('add_target', target(server));
    act('add_service', tcp(80));
    expect(healthIn(look())).toEqual([{ listen_port: 80, status: 'unknown' }]);
    driver.pass(15);
    expect(healthIn(look())).toEqual([{ listen_port: 80, status: 'healthy' }]);
    delete ports[80];
    driver.pass(30);
    expect(healthIn(look())).toEqual([{ listen_port: 80, status: 'healthy' }]);
    driver.pass(15);
    expect(healthIn(look())).toEqual([
      { listen_port: 80, status: 'unhealthy', detail: 'layer4_no_connection' },
    ]);
    ports[80] = { tls: false, status: 200 };
    driver.post(`/servers/${server}/actions/poweroff`);
    driver.rest();
    expect(healthIn(look())).toEqual([
      { listen_port: 80, status: 'unhealthy', detail: 'layer4_timeout' },
    ]);
  });

  it('of an HTTP check depends on TLS and on the status that is expected', () => {
    const { driver, act, look, server } = scene({ 6443: { tls: true, status: 401 } });
    act('add_target', target(server));
    const check = (http: object): object => ({
      health_check: { protocol: 'http', port: 6443, http },
    });
    act('add_service', tcp(1, check({ path: '/version', tls: true, status_codes: ['401'] })));
    act('add_service', tcp(2, check({ path: '/version', tls: true })));
    act('add_service', tcp(3, check({ path: '/version' })));
    driver.pass(60);
    expect(healthIn(look())).toMatchObject([
      { status: 'healthy' },
      { detail: 'unexpected_http_status', http_status_code: 401 },
      { detail: 'unexpected_http_status', http_status_code: 400 },
    ]);
  });

  it('over the public network ends at the firewall', () => {
    const { driver, act, look, server } = scene({ 80: { tls: false, status: 200 } });
    const firewall = { name: 'closed', apply_to: [{ type: 'server', server: { id: server } }] };
    driver.post('/firewalls', firewall);
    act('add_target', { type: 'server', server: { id: server } });
    act('add_service', tcp(80));
    driver.pass(60);
    expect(healthIn(look())).toMatchObject([{ status: 'unhealthy', detail: 'layer4_timeout' }]);
  });
});

describe("a load balancer's addresses", () => {
  it('are primary IPs: given ones outlive it, its own go with it', () => {
    const driver = new Driver();
    const order = { name: 'given', type: 'ipv4', location: 'nbg1' };
    const ip = inside(driver.post('/primary_ips', order), 'primary_ip');
    const balancer = driver.post('/load_balancers', {
      ...{ name: 'lb', load_balancer_type: 'lb11', location: 'nbg1' },
      public_net: { ipv4: ip['id'] },
    });
    const id = idOf(balancer, 'load_balancer');
    expect(balancer['load_balancer']?.['public_net']?.['ipv4']).toMatchObject({
      id: ip['id'],
      ip: ip['ip'],
    });
    const list = (): Json => inside(driver.get('/primary_ips'), 'primary_ips');
    expect(list()).toMatchObject([
      { name: 'given', assignee_type: 'load_balancer', assignee_id: id },
      { type: 'ipv6', assignee_id: id },
    ]);
    expect(driver.outcome('DELETE', `/primary_ips/${Number(ip['id'])}`)).toBe(
      '422 must_be_unassigned',
    );
    driver.rest();
    driver.send('DELETE', `/load_balancers/${id}`);
    driver.rest();
    expect(list()).toMatchObject([{ name: 'given', assignee_type: 'unassigned' }]);
  });

  it('can be taken off the internet once nothing needs them', () => {
    const { act, server, look, network } = scene();
    act('add_target', { type: 'server', server: { id: server } });
    expect(act('disable_public_interface')).toBe('422 targets_without_use_private_ip');
    act('remove_target', { type: 'server', server: { id: server } });
    expect(act('disable_public_interface')).toBe('201');
    expect(look()['public_net']).toMatchObject({ enabled: false });
    expect(act('add_target', { type: 'server', server: { id: server } })).toBe(
      '422 load_balancer_public_interface_disabled',
    );
    act('detach_from_network', { network });
    expect(act('disable_public_interface')).toBe('422 load_balancer_not_attached_to_network');
  });

  it('have names in the reverse DNS that can be set and reset', () => {
    const { act, look } = scene();
    const ipv4 = (): Json => inside(look(), 'public_net', 'ipv4');
    const ip = ipv4()['ip'];
    const standard = ipv4()['dns_ptr'];
    expect(act('change_dns_ptr', { ip, dns_ptr: 'lb.example.com' })).toBe('201');
    expect(ipv4()['dns_ptr']).toBe('lb.example.com');
    expect(act('change_dns_ptr', { ip: '1.2.3.4', dns_ptr: 'x.example.com' })).toBe(
      '422 invalid_input',
    );
    act('change_dns_ptr', { ip, dns_ptr: null });
    expect(ipv4()['dns_ptr']).toBe(standard);
  });
});
