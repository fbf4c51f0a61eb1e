import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionWaiter, type ActionWaiter } from '../../src/hetzner/actions.js';
import { createHetznerApi, type HetznerApi } from '../../src/hetzner/api.js';
import { sshFingerprint } from '../../src/hetzner/ssh-fingerprint.js';
import { Secret } from '../../src/lib/secret.js';
import { Cloud } from '../../src/sandbox/cloud/cloud.js';
import { createCloudHandler } from '../../src/sandbox/cloud/http.js';
import { FaultPlan } from '../../src/sandbox/faults.js';
import { createRandom, settle } from '../../src/sandbox/simulation.js';
import { createSshKeyPair } from '../../src/tools/ssh-key.js';
import { openapi, validateAnswer, validateRequest } from '../helpers/openapi.js';
import { WarpClock } from '../helpers/warp-clock.js';

const token = 'a'.repeat(64);
const labels = { 'managed-by': 'oxide', cluster: 'demo' };
const clock = new WarpClock({ startAt: Date.UTC(2026, 10, 23) });
let endpoint: string;
const selector = 'managed-by=oxide,cluster=demo';

/** Every method of the client, in an order in which a cluster comes and goes. */
async function driveAll(api: HetznerApi, actions: ActionWaiter, imageId: number): Promise<void> {
  await Promise.all([api.serverTypes(), api.locations(), api.pricing(), api.image(imageId)]);
  expect(await api.image(1)).toBeUndefined();
  await api.images({ labelSelector: 'os=talos', architecture: 'x86' });
  const subnet = { type: 'cloud', network_zone: 'eu-central' } as const;
  const { network, actions: begun } = await api.createNetwork({
    name: 'demo',
    ip_range: '10.0.0.0/16',
    subnets: [{ ...subnet, ip_range: '10.0.1.0/24' }],
    labels,
  });
  await actions.wait(begun, 'network');
  await actions.wait(
    await api.addSubnet(network.id, { ...subnet, ip_range: '10.0.2.0/24' }),
    'subnet',
  );
  const rules = [
    { direction: 'in', protocol: 'tcp', port: '6443', source_ips: ['198.51.100.7/32'] },
  ] as const;
  const made = await api.createFirewall({ name: 'demo', labels, rules });
  await actions.wait(made.actions, 'firewall');
  await actions.wait(
    await api.setFirewallRules(made.firewall.id, [
      ...rules,
      { direction: 'in', protocol: 'icmp', source_ips: ['::/0'], description: 'ping' },
    ]),
    'rules',
  );
  const { publicKey } = createSshKeyPair('demo');
  const key = await api.createSshKey({ name: 'demo', public_key: publicKey, labels });
  expect(key.fingerprint).toBe(sshFingerprint(publicKey));
  expect((await api.sshKeyByFingerprint(key.fingerprint))?.id).toBe(key.id);
  const server = await makeServer(api, actions, {
    network: network.id,
    firewall: made.firewall.id,
    key: key.id,
    image: imageId,
  });
  await readEverything(api);
  await attachVolume(api, server);
  await actions.wait(await api.powerOff(server), 'power off');
  const target = { type: 'server', server: { id: server } } as const;
  const { id: firewall } = made.firewall;
  await actions.wait(await api.removeFirewallFromResources(firewall, [target]), 'take off');
  await actions.wait(await api.applyFirewallToServer(firewall, server), 'put on');
  expect((await api.server(server)).public_net.firewalls.map(({ id }) => id)).toEqual([firewall]);
  await actions.wait(await api.removeFirewallFromResources(firewall, [target]), 'take off');
  await relabel(api, network.id);
  await actions.wait(await api.deleteServer(server), 'delete');
  await Promise.all([
    api.deleteFirewall(made.firewall.id),
    api.deleteNetwork(network.id),
    api.deleteSshKey(key.id),
  ]);
  await removeWhatOthersMade(api, actions);
}

async function makeServer(
  api: HetznerApi,
  actions: ActionWaiter,
  ids: { network: number; firewall: number; key: number; image: number },
): Promise<number> {
  const { server, actions: begun } = await api.createServer({
    name: 'demo-control-plane-1',
    server_type: 'cx23',
    location: 'nbg1',
    image: ids.image,
    labels,
    ssh_keys: [ids.key],
    firewalls: [{ firewall: ids.firewall }],
    user_data: 'version: v1alpha1',
    public_net: { enable_ipv4: true, enable_ipv6: true },
    start_after_create: false,
  });
  await actions.wait(begun, 'create');
  await actions.wait(
    await api.attachToNetwork(server.id, { network: ids.network, ip: '10.0.1.254' }),
    'attach',
  );
  await actions.wait(await api.powerOn(server.id), 'power on');
  const seen = await api.server(server.id);
  expect([seen.status, seen.private_net[0]?.ip]).toEqual(['running', '10.0.1.254']);
  expect(await api.serverActions(server.id)).toEqual([]);
  expect((await api.updateServerLabels(server.id, { more: '1' })).labels).toEqual({
    ...labels,
    more: '1',
  });
  await api.updateServerLabels(server.id, { more: undefined });
  return server.id;
}

/** Labels beside those that a thing has: who works on a cluster, and what goes with it. */
async function relabel(api: HetznerApi, network: number): Promise<void> {
  const before = (await api.network(network)).labels;
  await api.updateNetworkLabels(network, { lease: '1764225600.3f9a0c12b7d1.laptop' });
  expect((await api.network(network)).labels).toEqual({
    ...before,
    lease: '1764225600.3f9a0c12b7d1.laptop',
  });
  await api.updateNetworkLabels(network, { lease: undefined });
  expect((await api.network(network)).labels).toEqual(before);
  const [volume] = await api.volumes();
  const [balancer] = await api.loadBalancers();
  await api.addLabels('volumes', volume?.id ?? 0, { removal: 'destroy' });
  await api.addLabels('load_balancers', balancer?.id ?? 0, { removal: 'destroy' });
  expect((await api.volumes('removal=destroy')).map(({ id }) => id)).toEqual([volume?.id]);
  expect((await api.loadBalancers('removal=destroy')).map(({ id }) => id)).toEqual([balancer?.id]);
}

/** A volume, attached as the cluster's storage driver does it. */
async function attachVolume(api: HetznerApi, server: number): Promise<void> {
  const [volume] = await api.volumes();
  await orderForOthers(`/volumes/${volume?.id ?? 0}/actions/attach`, { server });
  while ((await api.serverActions(server)).length > 0) await clock.sleep(1_000);
  expect((await api.volumes())[0]?.server).toBe(server);
}

async function readEverything(api: HetznerApi): Promise<void> {
  expect(await api.servers(selector)).toHaveLength(1);
  expect(await api.networks(selector)).toHaveLength(1);
  expect(await api.firewalls(selector)).toHaveLength(1);
  expect(await api.sshKeys(selector)).toHaveLength(1);
  expect((await api.serverByName('demo-control-plane-1'))?.labels).toEqual(labels);
  expect(await api.networkByName('other')).toBeUndefined();
  expect((await api.firewallByName('demo'))?.applied_to).toHaveLength(1);
  expect((await api.sshKeyByName('demo'))?.name).toBe('demo');
  await api.primaryIps();
  await api.placementGroups(selector);
  await api.loadBalancers(selector);
  await api.volumes(selector);
}

/** What the cluster's own controllers leave behind; oxide only removes it. */
async function removeWhatOthersMade(api: HetznerApi, actions: ActionWaiter): Promise<void> {
  const [volume] = await api.volumes();
  const [group] = await api.placementGroups();
  const [balancer] = await api.loadBalancers();
  const [address] = await api.primaryIps();
  expect([volume, group, balancer, address].every((thing) => thing !== undefined)).toBe(true);
  await api.deleteVolume(volume?.id ?? 0);
  await api.deletePlacementGroup(group?.id ?? 0);
  await actions.wait(await api.deleteLoadBalancer(balancer?.id ?? 0), 'delete');
  expect(await api.loadBalancers()).toEqual([]);
  await api.deletePrimaryIp(address?.id ?? 0);
  const [floating] = await api.floatingIps();
  expect(floating).toMatchObject({ server: null, home_location: { name: 'nbg1' } });
  await api.addLabels('floating_ips', floating?.id ?? 0, { kept: 'no' });
  await api.deleteFloatingIp(floating?.id ?? 0);
  await api.addLabels('floating_ips', floating?.id ?? 0, { kept: 'no' });
  expect(await api.floatingIps()).toEqual([]);
}

describe.skipIf(openapi === undefined)('the client and the official description', () => {
  const faults = new FaultPlan();
  const problems: string[] = [];
  let http: Server;
  let api: HetznerApi;
  let actions: ActionWaiter;
  let imageId: number;

  beforeAll(async () => {
    const cloud = new Cloud({ random: createRandom(7), now: clock.now(), token });
    imageId = cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
    const settled = (): void => {
      settle([cloud], clock.now());
    };
    const handler = createCloudHandler({ cloud, now: () => clock.now(), faults, settle: settled });
    http = createServer((request, response) => {
      const chunks: string[] = [];
      const end = response.end.bind(response);
      response.end = ((chunk?: string) => {
        chunks.push(chunk ?? '');
        const path = (request.url ?? '').replace('/v1', '').replace(/\?.*/, '');
        const body: unknown = chunks.join('') === '' ? undefined : JSON.parse(chunks.join(''));
        problems.push(...validateAnswer(request.method ?? '', path, response.statusCode, body));
        return end(chunk ?? '');
      }) as typeof response.end;
      handler(request, response);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { signal } = new AbortController();
    endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
    api = createHetznerApi({
      endpoint,
      token: new Secret(token),
      tokenSource: 'test',
      clock,
      signal,
    });
    actions = createActionWaiter({ api, clock, signal, timeoutMs: 600_000 });
    for (const [path, body] of othersOrders) await orderForOthers(path, body);
  });
  afterAll(() => {
    http.close();
  });

  it('agree about every request and every answer', async () => {
    await driveAll(api, actions, imageId);
    for (const { method, path, query, body } of faults.requests) {
      problems.push(
        ...validateRequest(method, path, query, body).map((one) => `${method} ${path}: ${one}`),
      );
    }
    expect(problems).toEqual([]);
    expect(faults.requests.length).toBe(api.requestCount() + othersOrders.length + 1);
  });
});

const othersOrders = [
  ['/volumes', { name: 'pvc-1', size: 10, location: 'nbg1' }],
  ['/placement_groups', { name: 'spread', type: 'spread' }],
  ['/load_balancers', { name: 'ingress', load_balancer_type: 'lb11', location: 'nbg1' }],
  ['/floating_ips', { name: 'moves', type: 'ipv4', home_location: 'nbg1' }],
  ['/primary_ips', { name: 'kept', type: 'ipv4', location: 'nbg1' }],
] as const;

/** What others than oxide ask of the same project. */
async function orderForOthers(path: string, body: object): Promise<void> {
  const response = await fetch(`${endpoint}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.text()).toBe(201);
}
