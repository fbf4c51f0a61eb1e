import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { withAftermath } from '../../src/cli/after-failure.js';
import type { ShownPlan } from '../../src/cluster/plan/plan.js';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { repair } from '../../src/flows/repair.js';
import { replace } from '../../src/flows/replace.js';
import { status } from '../../src/flows/status.js';
import { scale } from '../../src/flows/scale.js';
import { OxideError } from '../../src/lib/errors.js';
import { ToolError } from '../../src/tools/exec.js';
import { recorded } from '../tools/recordings.js';
import { balancersOf, healthyTargets, watchTargets } from '../helpers/balancers.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';

const yaml = (controlPlanes: number, workers = 0, more = ''): string =>
  clusterYaml(controlPlanes, workers, `api: { endpoint: load_balancer${more} }\n`);

/** The same without a word of the endpoint. */
const silent = (controlPlanes: number, workers = 0): string =>
  clusterYaml(controlPlanes, workers).replace('api: { endpoint: first }\n', '');

const open = yaml(3, 0, ', load_balancer: { public: true }');

/** What answers at the load balancer's address to the kubectl and the talosctl of a user. */
async function throughIt(rehearsal: Rehearsal): Promise<{ kube: boolean; talos: string }> {
  const server = /server: https:\/\/([\d.]+):6443/.exec(
    await readFile(rehearsal.files.kubeconfig, 'utf8'),
  )?.[1];
  const found = await rehearsal.world.locate(server ?? '', 6443);
  const { talosconfig } = rehearsal.files;
  const talos = await rehearsal
    .run()
    .ctx.run({
      tool: 'talosctl',
      args: ['version', '--talosconfig', talosconfig],
      timeoutMs: 1_000,
    })
    .then(({ stdout }) => /NODE: +\S+/.exec(stdout)?.[0] ?? stdout, reasonOf);
  return { kube: 'kube' in found, talos };
}

function reasonOf(error: unknown): string {
  return error instanceof ToolError ? error.reason : String(error);
}

/** The contexts of the kubeconfig, each with a control plane that answers there. */
async function waysOf({ files, world }: Rehearsal): Promise<readonly string[]> {
  const { clusters, contexts } = parse(await readFile(files.kubeconfig, 'utf8')) as {
    clusters: { name: string; cluster: { server: string } }[];
    contexts: { name: string }[];
  };
  const answers = await Promise.all(
    clusters.map(({ cluster }) => world.locate(new URL(cluster.server).hostname, 6443)),
  );
  return contexts.map(({ name }) => name).filter((_, i) => 'kube' in (answers[i] ?? {}));
}

/** Its server goes without a word to anybody. */
function losesServer(rehearsal: Rehearsal, name: string): void {
  const project = projectOf(rehearsal);
  const { id } = project.list('servers').find((one) => one.name === name) ?? { id: 0 };
  project.call('DELETE', `/servers/${id}`);
}

describe('a load balancer that is open', () => {
  test('is where users find the cluster, also when its first control plane is gone', async () => {
    const rehearsal = await rehearse(open);
    const run = rehearsal.run();
    const made = await create(run.ctx);
    const { ip } = balancersOf(rehearsal)[0]?.public_net.ipv4 ?? { ip: '' };
    expect(made).toMatchObject({ cluster: { endpoint: `https://${ip}:6443` } });
    expect(run.plans[0]?.warnings).toEqual([
      expect.stringContaining('opens 6443 and 50000 to the whole internet'),
    ]);
    expect(await readFile(rehearsal.files.talosconfig, 'utf8')).toMatch(
      new RegExp(`endpoints:\\s+- "${ip}"[^]*nodes:\\s+- "10.0.1.253"`),
    );
    expect(await throughIt(rehearsal)).toEqual({ kube: true, talos: 'NODE:        10.0.1.253' });
    losesServer(rehearsal, 'demo-cp-1');
    await rehearsal.clock.sleep(30_000);
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-2', 'demo-cp-3']);
    expect(await throughIt(rehearsal)).toMatchObject({ kube: true });
    const { status: sick } = await status(rehearsal.run().ctx);
    expect(sick.survives).toEqual({
      ...{ controlPlanes: 0, onOneHost: 1, anyHost: false, kubeconfigNeeds: null },
    });
    await create(rehearsal.run().ctx);
    expect(await throughIt(rehearsal)).toEqual({ kube: true, talos: 'NODE:        10.0.1.253' });
    const { status: well } = await status(rehearsal.run().ctx);
    expect(well).toMatchObject({
      ...{ healthy: true, problems: [] },
      loadBalancer: {
        ...{ name: 'demo', type: 'lb11', public: true, privateIp: '10.0.1.254' },
        targets: [
          { server: 'demo-cp-2', health: 'healthy', detail: null },
          { server: 'demo-cp-3', health: 'healthy', detail: null },
          { server: 'demo-cp-1', health: 'healthy', detail: null },
        ],
      },
      survives: { controlPlanes: 1, onOneHost: 1, anyHost: true, kubeconfigNeeds: null },
    });
  });
});

describe('a cluster of three and three whose first control plane dies', () => {
  test('is reached through the load balancer, and repaired with nothing left over', async () => {
    const rehearsal = await rehearseCluster(yaml(3, 3, ', load_balancer: { public: true }'));
    const before = projectOf(rehearsal).snapshot();
    losesServer(rehearsal, 'demo-cp-1');
    await rehearsal.clock.sleep(10 * 60_000);
    expect(await throughIt(rehearsal)).toMatchObject({ kube: true });
    const run = rehearsal.run();
    await repair(run.ctx, {
      ...{ afterMs: 5 * 60_000, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-1', 'demo-cp-2', 'demo-cp-3']);
    expect(await throughIt(rehearsal)).toEqual({ kube: true, talos: 'NODE:        10.0.1.253' });
    const { status: found } = await status(rehearsal.run().ctx);
    expect(found).toMatchObject({ healthy: true, problems: [], differences: [] });
    expect(found.servers.filter(({ kubernetes }) => kubernetes?.ready)).toHaveLength(6);
    expect(found.servers.filter(({ etcd }) => etcd?.healthy)).toHaveLength(3);
    const after = projectOf(rehearsal).snapshot();
    for (const [collection, items] of Object.entries(before)) {
      expect(after[collection], collection).toHaveLength(items.length);
    }
  });
});

async function scaleTo(rehearsal: Rehearsal, count: number): Promise<void> {
  await scale(rehearsal.run().ctx, {
    wish: { role: 'control-plane', count, pool: undefined, nodes: [], force: false },
    ...{ drainTimeoutMs: 600_000, confirm: () => Promise.resolve(true) },
  });
}

describe('targets of a load balancer', () => {
  test('come when their API answers and go before their servers', async () => {
    const rehearsal = await rehearseCluster(yaml(3));
    const problems = watchTargets(rehearsal);
    await scaleTo(rehearsal, 5);
    const names = ['demo-cp-1', 'demo-cp-2', 'demo-cp-3', 'demo-cp-4', 'demo-cp-5'];
    expect(healthyTargets(rehearsal)).toEqual(names);
    expect(await waysOf(rehearsal)).toEqual(['demo', ...names.slice(1)]);
    await scaleTo(rehearsal, 3);
    expect(healthyTargets(rehearsal)).toHaveLength(3);
    await replace(rehearsal.run().ctx, {
      ...{ names: [healthyTargets(rehearsal)[0] ?? ''], force: false, drainTimeoutMs: 600_000 },
      confirm: () => Promise.resolve(true),
    });
    expect(healthyTargets(rehearsal)).toHaveLength(3);
    expect(await problems()).toEqual([]);
    const again = rehearsal.run();
    await create(again.ctx);
    expect(again.plans[0]?.changes).toEqual([]);
  });

  test('and services that somebody changed by hand are set right', async () => {
    const rehearsal = await rehearseCluster(yaml(3));
    const project = projectOf(rehearsal);
    const [balancer] = balancersOf(rehearsal);
    const act = async (action: string, body: object): Promise<void> => {
      project.call('POST', `/load_balancers/${balancer?.id ?? 0}/actions/${action}`, body);
      await rehearsal.clock.sleep(10_000);
    };
    const worker = await project.make('servers', {
      ...{ name: 'other', server_type: 'cx23', image: 'debian-13', location: 'nbg1' },
      networks: [project.list('networks')[0]?.id],
    });
    await act('add_target', { type: 'server', server: { id: worker }, use_private_ip: true });
    await act('add_target', {
      ...{ type: 'label_selector', use_private_ip: true },
      label_selector: { selector: 'team=other' },
    });
    const [first] = balancer?.targets ?? [];
    await act('remove_target', { type: 'server', server: { id: first?.server.id ?? 0 } });
    await act('update_service', { listen_port: 6443, health_check: { retries: 5 } });
    await act('delete_service', { listen_port: 50_000 });
    await act('change_type', { load_balancer_type: 'lb21' });
    await act('enable_public_interface', {});
    const run = rehearsal.run();
    await create(run.ctx);
    expect(run.plans[0]?.changes.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
      'load-balancer: lb21 → lb11, true → false, ' +
        '+ tcp 6443 to 6443, checked by https /version (2??, 401, 403) at 6443 every 5s for 3s, 3 times, ' +
        '+ tcp 50000 to 50000, checked by tcp at 50000 every 5s for 3s, 3 times, ' +
        '- tcp 6443 to 6443, checked by https /version (2??, 401, 403) at 6443 every 5s for 3s, 5 times, ' +
        `+ demo-cp-1, - server ${worker}, - servers with team=other`,
    ]);
    const again = rehearsal.run();
    await create(again.ctx);
    expect(again.plans[0]?.changes).toEqual([]);
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-1', 'demo-cp-2', 'demo-cp-3']);
  });
});

describe('the endpoint of a cluster that runs', () => {
  test('is known by its address, also when somebody took the labels off', async () => {
    const rehearsal = await rehearseCluster(yaml(1));
    const project = projectOf(rehearsal);
    for (const { id, labels } of project.list('servers')) {
      const { 'api-endpoint': taken, ...others } = labels;
      expect(taken).toBe('load-balancer');
      project.call('PUT', `/servers/${id}`, { labels: others });
    }
    const run = rehearsal.run();
    await create(run.ctx);
    expect(run.plans[0]?.changes).toEqual([]);
    const after = rehearsal.run({ yaml: clusterYaml(1, 0) });
    await expect(create(after.ctx)).rejects.toThrow('api.endpoint load_balancer → first');
  });

  test('is kept when cluster.yaml says nothing of it, and a load balancer is kept, too', async () => {
    const balanced = await rehearseCluster(yaml(1));
    const again = balanced.run({ yaml: silent(1) });
    await create(again.ctx);
    expect(again.plans[0]).toMatchObject({ changes: [], differences: [], notes: [] });
    const plain = await rehearseCluster(first);
    const more = plain.run({ yaml: silent(3), dryRun: true });
    await create(more.ctx);
    const [planned] = more.plans;
    expect(planned?.changes.map(({ kind }) => kind)).toEqual(['server', 'server', 'cilium']);
    const stays = expect.stringContaining('The first control plane stays the endpoint') as string;
    expect(planned?.notes).toContainEqual(stays);
    const scaled: ShownPlan[] = [];
    await scale(balanced.run().ctx, {
      wish: { role: 'control-plane', count: 3, pool: undefined, nodes: [], force: false },
      drainTimeoutMs: 600_000,
      confirm: ({ cost: { now, covers } }) => {
        expect([now.net, covers]).toEqual([13.48, 'Servers, IPv4 and the load balancer']);
        return Promise.resolve(false);
      },
    });
    await scale(plain.run({ yaml: silent(1) }).ctx, {
      wish: { role: 'control-plane', count: 3, pool: undefined, nodes: [], force: false },
      drainTimeoutMs: 600_000,
      confirm: (plan) => Promise.resolve(scaled.push(plan) === 0),
    });
    expect(scaled[0]?.notes).toContainEqual(stays);
    expect(scaled[0]?.cost).not.toHaveProperty('covers');
    const { loneEndpoint, status: found } = await status(plain.run({ yaml: silent(3) }).ctx);
    expect(loneEndpoint).toBe('10.0.1.254, which demo-cp-1 has');
    expect(found.differences.map(({ key }) => key)).not.toContain('api.endpoint');
  });

  const first = clusterYaml(1, 0);
  test.each([
    ['first', 'load_balancer', first, yaml(1)],
    ['load_balancer', 'first', yaml(1), first],
  ])('cannot become another one: %s to %s', async (found, wanted, before, after) => {
    const rehearsal = await rehearseCluster(before);
    await expect(create(rehearsal.run({ yaml: after }).ctx)).rejects.toThrow(
      `api.endpoint ${found} → ${wanted}`,
    );
  });
});

describe('a cluster of three control planes', () => {
  test('is made with a load balancer before them, and a second run changes nothing', async () => {
    const rehearsal = await rehearse(silent(3, 1));
    const run = rehearsal.run();
    await expect(create(run.ctx)).resolves.toMatchObject({ kind: 'created' });
    expect(run.plans[0]?.changes).toContainEqual({
      ...{ action: 'create', kind: 'load-balancer', name: 'demo' },
      detail: 'lb11 in nbg1, 10.0.1.254, private',
      monthly: { net: 7.49, gross: 7.49, currency: 'EUR' },
    });
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-1', 'demo-cp-2', 'demo-cp-3']);
    expect(balancersOf(rehearsal)).toMatchObject([
      { public_net: { enabled: false }, private_net: [{ ip: '10.0.1.254' }] },
    ]);
    expect(await waysOf(rehearsal)).toEqual(['demo', 'demo-cp-2', 'demo-cp-3']);
    const config = await readFile(rehearsal.files.machineConfig('web'), 'utf8');
    expect(config).toContain('https://10.0.1.254:6443');
    const again = rehearsal.run();
    await expect(create(again.ctx)).resolves.toMatchObject({ cluster: { changed: false } });
    expect(again.plans[0]?.changes).toEqual([]);
    const options = { config: 'cluster.yaml', output: 'output', command: 'scale worker' };
    const failed = { flow: again.ctx, options };
    await expect(withAftermath(new OxideError('broken'), failed)).resolves.toMatchObject({
      hint: expect.stringMatching(
        /: 4 servers, the load balancer, the network, .* about €0\.06 net an hour\./,
      ) as string,
    });
  });
});

describe('a cluster with a load balancer', () => {
  test('keeps it at its end when Hetzner protects it from deletion', async () => {
    const rehearsal = await rehearseCluster(yaml(1));
    const id = balancersOf(rehearsal)[0]?.id ?? 0;
    projectOf(rehearsal).call('POST', `/load_balancers/${id}/actions/change_protection`, {
      delete: true,
    });
    await rehearsal.clock.sleep(10_000);
    const outcome = await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(outcome).toMatchObject({
      kind: 'destroyed',
      left: [
        {
          resource: { kind: 'load-balancer', id },
          ...{ why: 'is delete-protected; take the protection off first', unfinished: true },
        },
        { resource: { kind: 'network' } },
      ],
    });
  });

  test('that was deleted by hand is made anew, and it is said whom its new address is strange to', async () => {
    const rehearsal = await rehearseCluster(yaml(1, 0, ', load_balancer: { public: true }'));
    const project = projectOf(rehearsal);
    const [old] = balancersOf(rehearsal);
    project.call('DELETE', `/load_balancers/${old?.id ?? 0}`);
    await rehearsal.clock.sleep(60_000);
    const ipOf = (): string => balancersOf(rehearsal)[0]?.public_net.ipv4.ip ?? '-';
    const { stderr } = recorded('kubectl', 'other-address');
    const run = rehearsal.run({
      intercept: ({ args }) =>
        args.some((arg) => arg === `https://${ipOf()}:6443`)
          ? { exitCode: 1, stdout: '', stderr }
          : undefined,
    });
    await expect(create(run.ctx)).resolves.toMatchObject({ kind: 'created' });
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-1']);
    const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    expect(notes.join()).toContain(`The load balancer at https://${ipOf()}:6443 does not lead`);
    expect(notes.join()).toContain(
      `--patch '{"machine":{"certSANs":["${ipOf()}"]},"cluster":{"apiServer":{"certSANs":["${ipOf()}"]}}}'`,
    );
  });

  test('goes with all of it', async () => {
    const rehearsal = await rehearseCluster(yaml(1));
    const outcome = await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(outcome).toMatchObject({ kind: 'destroyed', left: [] });
    expect(balancersOf(rehearsal)).toEqual([]);
    expect(projectOf(rehearsal).list('networks')).toEqual([]);
  });
});
