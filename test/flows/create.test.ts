import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { create, type CreatedCluster } from '../../src/flows/create.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { clusterYaml, rehearse, type Rehearsal, type Run } from '../helpers/rehearsal.js';

async function created(run: Run): Promise<CreatedCluster> {
  const outcome = await create(run.ctx);
  if (outcome.kind !== 'created') throw new Error('the run only showed its plan');
  return outcome.cluster;
}

/** The nodes that the cluster's own API knows, through the kubeconfig that was written. */
async function nodesOf({ ctx }: Run) {
  const { stdout } = await ctx.run({
    tool: 'kubectl',
    args: ['--kubeconfig', ctx.files.kubeconfig, 'get', 'nodes'],
    timeoutMs: 1_000,
  });
  return parseNodes(stdout);
}

/** Everything of the project that a run may have made, as comparable text. */
function shapeOf({ world }: Rehearsal) {
  const list = (path: string) => {
    const headers = { authorization: `Bearer ${world.token}` };
    const query = new URLSearchParams({ per_page: '50' });
    const answer = world.cloud.request(
      { method: 'GET', path: `/${path}`, query, headers, body: undefined },
      world.settle(),
    );
    const items =
      (JSON.parse(answer.body ?? '{}') as Record<string, { name: string }[]>)[path] ?? [];
    return items.map(({ name }) => name).sort();
  };
  return {
    servers: list('servers'),
    networks: list('networks'),
    firewalls: list('firewalls'),
    keys: list('ssh_keys'),
    clusters: world.talos.clusters().length,
  };
}

const shapeOfOneAndTwo = {
  servers: ['demo-cp-1', 'demo-web-1', 'demo-web-2'],
  networks: ['demo'],
  firewalls: ['demo'],
  keys: ['demo'],
  clusters: 1,
};

describe('a create', () => {
  test.each([
    [1, 0],
    [1, 2],
    [3, 3],
    [3, 30],
  ])('of %i control planes and %i workers ends with all nodes Ready', async (cps, workers) => {
    const rehearsal = await rehearse(clusterYaml(cps, workers));
    const run = rehearsal.run();
    const cluster = await created(run);
    const nodes = await nodesOf(run);
    expect(nodes).toHaveLength(cps + workers);
    expect(nodes.every(({ ready }) => ready)).toBe(true);
    expect(nodes.filter(({ role }) => role === 'control-plane')).toHaveLength(cps);
    expect(cluster.changed).toBe(true);
    expect(cluster.nodes.map(({ name }) => name).sort()).toEqual(
      nodes.map(({ name }) => name).sort(),
    );
  });

  test('makes on Hetzner exactly what the plan shows', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 2));
    const run = rehearsal.run();
    await created(run);
    const made = rehearsal.faults.requests
      .filter(({ method, path }) => method === 'POST' && !path.includes('/actions/'))
      .map(({ path, body }) => `${path} ${(body as { name: string }).name}`);
    const planned = (run.plans[0]?.changes ?? [])
      .map(({ kind, name }) => `/${kind.replace('-', '_')}s ${name}`)
      .filter((line) => /^\/(network|firewall|ssh_key|placement_group|server)s /.test(line));
    expect(made.sort()).toEqual(planned.sort());
    expect(planned).toHaveLength(10);
  });

  test('gives every server its firewall and labels in the call that creates it', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    await created(rehearsal.run());
    const orders = rehearsal.faults.requests
      .filter(({ method, path }) => method === 'POST' && path === '/servers')
      .map(({ body }) => body as Record<string, unknown>);
    expect(orders).toHaveLength(2);
    for (const order of orders) {
      expect(order['firewalls']).toEqual([{ firewall: expect.any(Number) as number }]);
      expect(order['labels']).toMatchObject({ 'managed-by': 'oxide', cluster: 'demo' });
      expect(order['user_data']).toContain('machine:');
    }
    expect(orders.map((order) => order['start_after_create']).sort()).toEqual([false, true]);
  });

  test('keeps secrets, keys and configurations readable by their owner only', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    await created(rehearsal.run());
    const { folder } = rehearsal.files;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const rights = entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), (statSync(path).mode & 0o777).toString(8)];
    });
    expect(Object.fromEntries(rights)).toEqual({
      'secrets.yaml': '600',
      talosconfig: '600',
      kubeconfig: '600',
      id_ed25519: '600',
      'id_ed25519.pub': '600',
      'machine-configs': '700',
      'machine-configs/cp.yaml': '600',
      'machine-configs/web.yaml': '600',
    });
  });

  test('changes nothing on a finished cluster, and says so', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 2));
    await created(rehearsal.run());
    const before = rehearsal.faults.writes.length;
    const again = rehearsal.run();
    const cluster = await created(again);
    expect(cluster.changed).toBe(false);
    expect(again.plans[0]?.changes).toEqual([]);
    expect(rehearsal.faults.writes).toHaveLength(before);
    expect(
      again.calls.filter(({ args }) => /^(apply|upgrade|bootstrap)$/.test(args[0] ?? '')),
    ).toEqual([]);
    expect(again.calls.filter(({ args }) => args[1] === 'secrets')).toEqual([]);
  });

  test('stops after the plan when only that is asked for, and makes no folder', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    await rm(rehearsal.files.folder, { recursive: true });
    const run = rehearsal.run({ dryRun: true });
    const outcome = await create(run.ctx);
    expect(outcome.kind).toBe('preview');
    expect(rehearsal.faults.writes).toEqual([]);
    expect(existsSync(rehearsal.files.folder)).toBe(false);
  });

  test('makes anew what is missing of a cluster and leaves the rest alone', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 2));
    await created(rehearsal.run());
    const { cloud, token } = rehearsal.world;
    const headers = { authorization: `Bearer ${token}` };
    const request = (method: string, path: string, query = '') =>
      cloud.request(
        { method, path, query: new URLSearchParams(query), headers, body: undefined },
        rehearsal.world.settle(),
      );
    const [lost] = (
      JSON.parse(request('GET', '/servers', 'name=demo-web-2').body ?? '') as {
        servers: { id: number }[];
      }
    ).servers;
    request('DELETE', `/servers/${lost?.id ?? 0}`);
    await rehearsal.clock.sleep(60_000);
    const run = rehearsal.run();
    await created(run);
    expect(run.plans[0]?.changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'create demo-web-2',
    ]);
    expect(shapeOf(rehearsal)).toEqual(shapeOfOneAndTwo);
  });

  test('writes the access files anew when they are lost, from the kept secrets', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 0));
    await created(rehearsal.run());
    await rm(rehearsal.files.kubeconfig);
    await rm(rehearsal.files.talosconfig);
    const run = rehearsal.run();
    await created(run);
    expect(await nodesOf(run)).toHaveLength(1);
    expect(await readFile(rehearsal.files.talosconfig, 'utf8')).toContain('demo');
  });
});

describe('a create that fails at a write', () => {
  test('goes on from every one of them to the same cluster', async () => {
    const counted = await rehearse(clusterYaml(1, 2));
    await created(counted.run());
    // The last one gives the cluster's lease back: that it fails is no failure of the create.
    const writes = counted.faults.writes.length - 1;
    expect(writes).toBeGreaterThan(6);
    for (let n = 1; n <= writes; n++) {
      const rehearsal = await rehearse(clusterYaml(1, 2));
      rehearsal.faults.add({
        write: n,
        fault: { kind: 'status', status: 422, code: 'service_error', message: 'planted' },
      });
      const failed = create(rehearsal.run().ctx);
      await expect(failed, `write ${n}`).rejects.toThrow('planted');
      const run = rehearsal.run();
      await created(run);
      expect(shapeOf(rehearsal), `after a failure of write ${n}`).toEqual(shapeOfOneAndTwo);
      expect(await nodesOf(run)).toHaveLength(3);
    }
  });
});
