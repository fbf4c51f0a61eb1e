import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../../src/sandbox/cloud/router.js';
import { openapi, validateAnswer, validateRequest } from '../../helpers/openapi.js';
import { createAuthority, yearMs } from '../../../src/sandbox/pki.js';
import {
  idOf,
  inside,
  Driver,
  plainNetwork,
  plainServer,
  publicKey,
  type Exchange,
} from './driver.js';

const pair = await createAuthority({
  algorithm: 'ecdsa-p256',
  subject: { commonName: 'example.com' },
  notBefore: Date.UTC(2026, 0, 1),
  lifetimeMs: yearMs,
});

/** Reads the actions of one resource of each kind. */
function driveActions(driver: Driver, ids: Record<string, number>, status = 'success'): void {
  for (const [kind, id] of Object.entries(ids)) {
    const all = driver.get(`/${kind}/actions`)['actions'] as unknown as { id: number }[];
    const [first] = all;
    if (!first) throw new Error(`no action of ${kind}`);
    driver.get(`/${kind}/actions/${first.id}`);
    driver.get(`/${kind}/${id}/actions?status=${status}&sort=id:desc`);
    driver.send('GET', `/${kind}/${id}/actions/${first.id}`);
  }
}

function driveServer(driver: Driver, id: number, ids: { network: number; group: number }): void {
  const act = (name: string, body?: unknown): void => {
    driver.post(`/servers/${id}/actions/${name}`, body);
    driver.rest();
  };
  act('reboot');
  act('reset');
  act('shutdown');
  act('add_to_placement_group', { placement_group: ids.group });
  act('remove_from_placement_group');
  act('enable_rescue', { type: 'linux64', ssh_keys: [] });
  act('disable_rescue');
  act('detach_from_network', { network: ids.network });
  act('attach_to_network', { network: ids.network, ip: '10.0.1.200' });
  act('poweron');
  act('create_image', { description: 'snap', type: 'snapshot', labels: { os: 'talos' } });
  act('poweroff');
  act('change_alias_ips', { network: ids.network, alias_ips: ['10.0.1.201'] });
  act('change_dns_ptr', { ip: '203.0.113.2', dns_ptr: 'one.example.com' });
  act('change_type', { server_type: 'cx33', upgrade_disk: true });
  act('rebuild', { image: 'debian-13' });
  act('enable_backup');
  act('create_image', { type: 'backup' });
  driver.get(`/servers/${id}`);
  driver.get(`/images?type=backup&bound_to=${id}`);
  act('disable_backup');
  act('change_protection', { delete: true, rebuild: true });
  driver.send('DELETE', `/servers/${id}`);
  act('change_protection', { delete: false, rebuild: false });
}

function driveFirewall(driver: Driver, id: number, server: number): void {
  const target = [{ type: 'server', server: { id: server } }];
  const selector = [{ type: 'label_selector', label_selector: { selector: 'role=worker' } }];
  for (const [action, body] of [
    ['set_rules', { rules: [] }],
    ['remove_from_resources', { remove_from: target }],
    ['apply_to_resources', { apply_to: selector }],
    ['remove_from_resources', { remove_from: selector }],
  ] as const) {
    driver.post(`/firewalls/${id}/actions/${action}`, body);
    driver.rest();
    driver.get(`/firewalls/${id}`);
  }
}

function driveNetwork(driver: Driver, id: number): void {
  const subnet = { type: 'cloud', network_zone: 'us-east', ip_range: '10.0.9.0/24' };
  const route = { destination: '10.100.0.0/24', gateway: '10.0.1.50' };
  for (const [action, body] of [
    ['add_subnet', subnet],
    ['delete_subnet', { ip_range: subnet.ip_range }],
    ['add_route', route],
    ['delete_route', route],
    ['change_ip_range', { ip_range: '10.0.0.0/15' }],
    ['change_protection', { delete: true }],
    ['change_protection', { delete: false }],
  ] as const) {
    driver.post(`/networks/${id}/actions/${action}`, body);
    driver.rest();
  }
}

function driveVolume(driver: Driver, id: number, server: number): void {
  for (const [action, body] of [
    ['attach', { server }],
    ['detach', undefined],
    ['resize', { size: 20 }],
    ['change_protection', { delete: true }],
    ['change_protection', { delete: false }],
  ] as const) {
    driver.post(`/volumes/${id}/actions/${action}`, body);
    driver.rest();
  }
}

function driveLoadBalancer(
  driver: Driver,
  id: number,
  ids: { network: number; server: number; certificate: number; address: string },
): void {
  const service = {
    protocol: 'tcp',
    listen_port: 6443,
    destination_port: 6443,
    proxyprotocol: false,
    health_check: { protocol: 'tcp', port: 6443, interval: 15, timeout: 10, retries: 3 },
  };
  const target = { type: 'server', server: { id: ids.server }, use_private_ip: true };
  for (const [action, body] of [
    ['attach_to_network', { network: ids.network }],
    ['add_target', target],
    ['add_target', { type: 'label_selector', label_selector: { selector: 'a=b' } }],
    ['add_service', service],
    ['add_service', { protocol: 'https', http: { certificates: [ids.certificate] } }],
    ['update_service', { listen_port: 443, health_check: { protocol: 'http', port: 80 } }],
    ['change_dns_ptr', { ip: ids.address, dns_ptr: 'lb.example.com' }],
    ['change_algorithm', { type: 'least_connections' }],
    ['change_type', { load_balancer_type: 'lb21' }],
    ['enable_public_interface', undefined],
    ['change_protection', { delete: true }],
    ['change_protection', { delete: false }],
  ] as const) {
    driver.post(`/load_balancers/${id}/actions/${action}`, body);
    driver.rest();
    driver.get(`/load_balancers/${id}`);
  }
  for (const [action, body] of [
    ['remove_target', { type: 'server', server: { id: ids.server } }],
    ['remove_target', { type: 'label_selector', label_selector: { selector: 'a=b' } }],
    ['disable_public_interface', undefined],
    ['delete_service', { listen_port: 6443 }],
    ['delete_service', { listen_port: 443 }],
    ['detach_from_network', { network: ids.network }],
  ] as const) {
    driver.post(`/load_balancers/${id}/actions/${action}`, body);
    driver.rest();
  }
}

function driveCertificates(driver: Driver): number {
  const { crt, key } = pair;
  const id = idOf(
    driver.post('/certificates', { name: 'own', certificate: crt, private_key: key }),
    'certificate',
  );
  const managed = driver.post('/certificates', {
    name: 'managed',
    type: 'managed',
    domain_names: ['example.com'],
  });
  driver.rest();
  driver.get('/certificates?type=managed&sort=name');
  driver.post(`/certificates/${idOf(managed, 'certificate')}/actions/retry`);
  driver.rest();
  driveActions(driver, { certificates: idOf(managed, 'certificate') }, 'error');
  return id;
}

function drivePrimaryIp(driver: Driver, assigned: number): void {
  driver.send('POST', `/primary_ips/${assigned}/actions/unassign`);
  driver.send('DELETE', `/primary_ips/${assigned}`);
  const order = { name: 'spare', type: 'ipv4', location: 'nbg1' };
  const id = idOf(driver.post('/primary_ips', order), 'primary_ip');
  const bare = {
    ...plainServer('bare'),
    public_net: { enable_ipv4: false },
    start_after_create: false,
  };
  const server = idOf(driver.post('/servers', bare), 'server');
  driver.rest();
  const ip = inside(driver.get(`/primary_ips/${id}`), 'primary_ip', 'ip');
  for (const [action, body] of [
    ['assign', { assignee_type: 'server', assignee_id: server }],
    ['unassign', undefined],
    ['change_dns_ptr', { ip, dns_ptr: 'spare.example.com' }],
    ['change_protection', { delete: true }],
    ['change_protection', { delete: false }],
  ] as const) {
    driver.post(`/primary_ips/${id}/actions/${action}`, body);
  }
}

function driveCatalogue(driver: Driver): void {
  for (const path of ['/server_types', '/locations', '/load_balancer_types', '/isos', '/pricing']) {
    driver.get(path);
  }
  for (const kind of ['server_types/114', 'locations/1', 'load_balancer_types/1', 'isos/122630']) {
    driver.get(`/${kind}`);
  }
  driver.send('GET', '/datacenters');
  driver.send('GET', '/datacenters/1');
}

/** Uses every route at least once, and most refusals. */
function driveEverything(): Driver {
  const driver = new Driver();
  driveCatalogue(driver);
  const snapshot = driver.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
  const network = idOf(driver.post('/networks', plainNetwork()), 'network');
  const firewall = idOf(
    driver.post('/firewalls', {
      name: 'fw',
      labels: { a: 'b' },
      rules: [{ direction: 'in', protocol: 'tcp', port: '6443', source_ips: ['198.51.100.7/32'] }],
    }),
    'firewall',
  );
  const key = idOf(driver.post('/ssh_keys', { name: 'key', public_key: publicKey }), 'ssh_key');
  const group = idOf(
    driver.post('/placement_groups', { name: 'group', type: 'spread' }),
    'placement_group',
  );
  const ip = idOf(
    driver.post('/primary_ips', { name: 'ip', type: 'ipv4', location: 'nbg1' }),
    'primary_ip',
  );
  const server = idOf(
    driver.post('/servers', {
      ...plainServer('one'),
      networks: [network],
      firewalls: [{ firewall }],
      ssh_keys: [key],
      labels: { role: 'worker' },
    }),
    'server',
  );
  driver.get(`/servers/${server}`);
  driver.send('POST', `/servers/${server}/actions/reboot`);
  driver.rest();
  driver.get(`/networks/${network}/members`);
  const volume = idOf(driver.post('/volumes', { name: 'v', size: 10, location: 'nbg1' }), 'volume');
  const floating = idOf(
    driver.post('/floating_ips', { type: 'ipv4', home_location: 'nbg1' }),
    'floating_ip',
  );
  const made = driver.post('/load_balancers', {
    name: 'lb',
    load_balancer_type: 'lb11',
    location: 'nbg1',
    public_net: { ipv4: ip },
  });
  const balancer = idOf(made, 'load_balancer');
  const address = String(made['load_balancer']?.['public_net']?.['ipv4']?.['ip']);
  driver.rest();
  driver.get(`/primary_ips/${ip}`);
  const certificate = driveCertificates(driver);
  driveServer(driver, server, { network, group });
  driveFirewall(driver, firewall, server);
  driveNetwork(driver, network);
  driveVolume(driver, volume, server);
  driveLoadBalancer(driver, balancer, { network, server, certificate, address });
  drivePrimaryIp(driver, ip);
  const ownAddress = String(driver.get(`/floating_ips/${floating}`)['floating_ip']?.['ip']);
  for (const [action, body] of [
    ['assign', { server }],
    ['unassign', undefined],
    ['change_dns_ptr', { ip: ownAddress, dns_ptr: 'floating.example.com' }],
    ['change_protection', { delete: true }],
    ['change_protection', { delete: false }],
  ] as const) {
    driver.post(`/floating_ips/${floating}/actions/${action}`, body);
  }
  driver.post(`/images/${snapshot}/actions/change_protection`, { delete: false });
  driver.rest();
  driveActions(driver, {
    servers: server,
    networks: network,
    firewalls: firewall,
    images: snapshot,
    volumes: volume,
    load_balancers: balancer,
    primary_ips: ip,
    floating_ips: floating,
  });
  const [some] = driver.get(`/servers/${server}/actions`)['actions'] as unknown as { id: number }[];
  driver.get(`/actions?id=${some?.id ?? 0}&sort=status&sort=id`);
  driver.get(`/actions/${some?.id ?? 0}`);
  driver.send('GET', '/actions');
  const paths = Object.entries({
    servers: server,
    load_balancers: balancer,
    volumes: volume,
    firewalls: firewall,
    networks: network,
    placement_groups: group,
    primary_ips: ip,
    floating_ips: floating,
    certificates: certificate,
    ssh_keys: key,
    images: snapshot,
  });
  for (const [kind, id] of paths) {
    driver.get(`/${kind}?sort=id:desc&per_page=1&label_selector=!nothing`);
    driver.get(`/${kind}/${id}`);
    driver.send('PUT', `/${kind}/${id}`, { labels: { changed: 'yes' } });
    driver.send('DELETE', `/${kind}/${id}`);
    driver.rest();
    driver.send('GET', `/${kind}/${id}`);
    driver.send('GET', `/${kind}?sort=nonsense`);
    if (kind !== 'images') driver.send('POST', `/${kind}`, { surprise: true });
  }
  driver.send('GET', '/servers', undefined, '');
  return driver;
}

describe.skipIf(!openapi)(
  'the simulated API against the official description (skipped without ../shared/hetzner/openapi.json)',
  () => {
    const exchanges: Exchange[] = [];
    beforeAll(() => {
      exchanges.push(...driveEverything().exchanges);
    });

    it('answers every request in the described shape, refusals included', () => {
      const problems = exchanges
        .map((exchange) => ({ of: nameOf(exchange), problems: problemsOf(exchange) }))
        .filter((found) => found.problems.length > 0);
      expect(problems).toEqual([]);
    });

    it('has had every one of its routes used', () => {
      const unused = routes
        .filter(
          ([method, path]) =>
            !exchanges.some((exchange) => {
              const pattern = new RegExp(`^${path.replaceAll('{id}', '\\d+')}$`);
              return (
                exchange.method === method && pattern.test(exchange.path) && exchange.status < 500
              );
            }),
        )
        .map(([method, path]) => `${method} ${path}`);
      expect(unused).toEqual([]);
    });

    it('notices a wrong answer', () => {
      expect(validateAnswer('GET', '/locations/1', 200, { location: { id: 'one' } })).not.toEqual(
        [],
      );
      expect(validateAnswer('GET', '/nothing', 200, {})).not.toEqual([]);
      expect(validateAnswer('DELETE', '/networks/1', 204, undefined)).toEqual([]);
      expect(validateAnswer('DELETE', '/networks/1', 200, {})).not.toEqual([]);
    });

    it('notices a wrong request', () => {
      expect(validateRequest('GET', '/servers', 'status=running&status=off', undefined)).toEqual(
        [],
      );
      expect(validateRequest('GET', '/servers', 'status=asleep', undefined)).not.toEqual([]);
      expect(validateRequest('GET', '/servers', 'colour=red', undefined)).not.toEqual([]);
      expect(validateRequest('POST', '/servers', '', plainServer('a'))).toEqual([]);
      expect(validateRequest('POST', '/servers', '', { name: 'a' })).not.toEqual([]);
      const surprise = { ...plainServer('a'), surprise: 1 };
      expect(validateRequest('POST', '/servers', '', surprise)).not.toEqual([]);
    });
  },
);

const nameOf = ({ method, path, status }: Exchange): string => `${method} ${path} ${status}`;

function problemsOf({ method, path, status, body }: Exchange): string[] {
  return validateAnswer(method, path, status, body);
}
