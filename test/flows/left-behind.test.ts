import { tool } from '../../src/lib/commands.js';
import { describe, expect, test } from 'vitest';
import type { ScalePlan } from '../../src/cluster/plan/scale/scale-plan.js';
import { destroy } from '../../src/flows/destroy.js';
import { scale, type ScaledCluster } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { administer } from '../helpers/administer.js';
import { projectOf, type Project } from '../helpers/project.js';
import { clusterYaml, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';

interface Built {
  readonly rehearsal: Rehearsal;
  readonly project: Project;
  /** Id of demo-web-2, the worker that goes. */
  readonly server: number;
}

async function built(): Promise<Built> {
  const rehearsal = await rehearseCluster(clusterYaml(1, 2));
  const project = projectOf(rehearsal);
  const server = project.list('servers').find(({ name }) => name === 'demo-web-2')?.id ?? 0;
  return { rehearsal, project, server };
}

/** A volume as somebody makes it by hand for a storage that runs in the cluster. */
const handMade = (server: number) => ({
  ...{ name: 'rook-osd-2', size: 50, server, automount: false },
});

async function toOneWorker(
  rehearsal: Rehearsal,
): Promise<{ plan: ScalePlan; scaled: ScaledCluster }> {
  const plans: ScalePlan[] = [];
  const outcome = await scale(rehearsal.run().ctx, {
    wish: { role: 'worker', pool: undefined, count: 1, nodes: [], force: false },
    drainTimeoutMs: 10 * 60_000,
    confirm: (plan) => Promise.resolve(plans.push(plan) > 0),
  });
  const [plan] = plans;
  if (outcome.kind !== 'scaled' || !plan) throw new Error('the run only showed its plan');
  return { plan, scaled: outcome.scaled };
}

const unused = async (rehearsal: Rehearsal) =>
  (await status(rehearsal.run({ yaml: clusterYaml(1, 1) }).ctx)).status.problems.map(
    ({ message, hint }) => `${message} (${hint})`,
  );

describe('a worker that goes', () => {
  test('with a volume made by hand leaves it, which plan, end and status say', async () => {
    const { rehearsal, project, server } = await built();
    const id = await project.make('volumes', handMade(server));
    const { plan, scaled } = await toOneWorker(rehearsal);
    const entry = {
      ...{ kind: 'volume', name: 'rook-osd-2', detail: `50 GB in nbg1, id ${id}` },
      monthly: { net: 2.86, gross: 2.86, currency: 'EUR' },
    };
    expect(plan.stays).toEqual([
      { ...entry, why: 'hangs on demo-web-2: will be detached and stays' },
    ]);
    expect(scaled.left).toEqual([
      { ...entry, why: `is left; hcloud volume delete ${id}, when nobody needs it` },
    ]);
    expect(await unused(rehearsal)).toEqual([
      `the volume rook-osd-2 (id ${id}), which a scale left, is attached to no server, €2.86 net a month (${tool`hcloud volume delete ${id}`}, when nobody needs it)`,
    ]);
    const [volume] = project.list('volumes');
    expect(volume?.labels).toEqual({ 'left-by-oxide': 'demo' });
  });

  test('leaves its floating IP and a primary IP that outlives it', async () => {
    const { rehearsal, project, server } = await built();
    const floating = await project.make('floating_ips', { name: 'entry', type: 'ipv4', server });
    const { public_net: net } = project.call('GET', `/servers/${server}`)['server'] as {
      public_net: { ipv4: { id: number } };
    };
    project.call('PUT', `/primary_ips/${net.ipv4.id}`, { auto_delete: false });
    const { plan, scaled } = await toOneWorker(rehearsal);
    const lines = (plan.stays ?? []).map(
      ({ kind, monthly, why }) => `${kind} ${monthly?.net ?? 0} ${why}`,
    );
    expect(lines).toEqual([
      'primary-ip 0.5 hangs on demo-web-2: will be unassigned and stays',
      'floating-ip 3 hangs on demo-web-2: will be unassigned and stays',
    ]);
    expect(scaled.left).toHaveLength(2);
    expect(await unused(rehearsal)).toEqual([
      expect.stringContaining(`hcloud primary-ip delete ${net.ipv4.id}`),
      expect.stringContaining(`hcloud floating-ip delete ${floating}`),
    ]);
  });

  test('with a volume of the storage driver says that it moves, and leaves nothing', async () => {
    const { rehearsal, project, server } = await built();
    const labels = { 'managed-by': 'csi-driver' };
    const id = await project.make('volumes', { ...handMade(server), name: 'pvc-1', labels });
    await administer(rehearsal, {
      method: 'POST',
      path: '/api/v1/persistentvolumes',
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'pvc-1' },
        spec: {
          capacity: { storage: '50Gi' },
          accessModes: ['ReadWriteOnce'],
          csi: { driver: 'csi.hetzner.cloud', volumeHandle: String(id) },
        },
      },
    });
    const { plan, scaled } = await toOneWorker(rehearsal);
    expect(plan.stays).toEqual([]);
    expect(plan.notes).toContainEqual(
      expect.stringMatching(/^volume pvc-1 \(id \d+\) moves with the pods/),
    );
    expect(scaled.left).toEqual([]);
    expect(project.list('volumes')[0]?.labels).toEqual(labels);
  });

  test('says nothing of addresses that go with it, and nothing of other servers', async () => {
    const { rehearsal, project } = await built();
    const other = project.list('servers').find(({ name }) => name === 'demo-web-1');
    await project.make('volumes', handMade(other?.id ?? 0));
    const { plan, scaled } = await toOneWorker(rehearsal);
    expect([plan.stays, scaled.left]).toEqual([[], []]);
  });

  test('marks what stays before the server goes, and finds it after a run that was cut off', async () => {
    const { rehearsal, project, server } = await built();
    await project.make('volumes', handMade(server));
    rehearsal.faults.add({
      fault: { kind: 'status', status: 422, code: 'invalid_input', message: 'planted' },
      method: 'DELETE',
      path: new RegExp(`^/servers/${server}$`),
    });
    await expect(toOneWorker(rehearsal)).rejects.toThrow('planted');
    expect(project.list('volumes')[0]?.labels).toEqual({ 'left-by-oxide': 'demo' });
    const { plan, scaled } = await toOneWorker(rehearsal);
    expect([plan.stays?.length, scaled.left.length]).toEqual([1, 1]);
  });
});

describe('what a scale left', () => {
  test('is no longer spoken of once it is used again or gone', async () => {
    const { rehearsal, project, server } = await built();
    const id = await project.make('volumes', handMade(server));
    await toOneWorker(rehearsal);
    const worker = project.list('servers').find(({ name }) => name === 'demo-web-1');
    project.call('POST', `/volumes/${id}/actions/attach`, { server: worker?.id ?? 0 });
    expect(await unused(rehearsal)).toEqual([]);
    await rehearsal.clock.sleep(60_000);
    project.call('POST', `/volumes/${id}/actions/detach`);
    await rehearsal.clock.sleep(60_000);
    expect(await unused(rehearsal)).toHaveLength(1);
    project.call('DELETE', `/volumes/${id}`);
    expect(await unused(rehearsal)).toEqual([]);
  });

  test('is shown and kept by a destroy, whatever may go, and then is forgotten', async () => {
    const { rehearsal, project, server } = await built();
    await project.make('volumes', handMade(server));
    await project.make('floating_ips', { name: 'entry', type: 'ipv4', server });
    await toOneWorker(rehearsal);
    const request = {
      ...{ deleteVolumes: true, deleteLoadBalancers: true, dryRun: false },
      confirm: () => Promise.resolve(true),
    };
    const { plan } = await destroy(rehearsal.run().ctx, request);
    expect(plan.kept.map(({ resource, why }) => `${resource.name} ${why}`)).toEqual([
      "rook-osd-2 was made neither by oxide nor by the cluster's controllers",
      "entry was made neither by oxide nor by the cluster's controllers",
    ]);
    expect(project.list('volumes')).toHaveLength(1);
    const again = await destroy(rehearsal.run().ctx, request);
    expect([again.plan.changes, again.plan.kept]).toEqual([[], []]);
  });
});

describe('a destroy', () => {
  test('names the floating IPs and the kept addresses that hang on its servers', async () => {
    const { rehearsal, project, server } = await built();
    await project.make('floating_ips', { name: 'entry', type: 'ipv4', server });
    const { plan } = await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: true, deleteLoadBalancers: true, dryRun: true },
      confirm: () => Promise.resolve(false),
    });
    expect(plan.stays?.map(({ kind, name, monthly }) => [kind, name, monthly?.net])).toEqual([
      ['floating-ip', 'entry', 3],
    ]);
  });

  test('deletes a floating IP that carries the labels of its cluster', async () => {
    const { rehearsal, project, server } = await built();
    const labels = { 'managed-by': 'oxide', cluster: 'demo' };
    await project.make('floating_ips', { name: 'entry', type: 'ipv4', server, labels });
    await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: true, deleteLoadBalancers: true, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(project.list('floating_ips')).toEqual([]);
  });
});
