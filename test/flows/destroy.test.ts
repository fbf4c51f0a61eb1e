import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { destroy, type DestroyOutcome, type DestroyRequest } from '../../src/flows/destroy.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { ensurePrivateFolder } from '../../src/lib/files.js';
import { ClusterFiles, type FlowContext } from '../../src/steps/run/context.js';
import { projectOf, type Project } from '../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal } from '../helpers/rehearsal.js';
import { spelled } from '../helpers/spelling.js';

const plain: DestroyRequest = {
  deleteVolumes: false,
  deleteLoadBalancers: false,
  dryRun: false,
  confirm: () => Promise.resolve(true),
};

async function destroyed(ctx: FlowContext, request: Partial<DestroyRequest> = {}) {
  const outcome = await destroy(ctx, { ...plain, ...request });
  if (outcome.kind !== 'destroyed') throw new Error('the run only showed its plan');
  return outcome;
}

interface Built {
  readonly rehearsal: Rehearsal;
  readonly project: Project;
  readonly before: ReturnType<Project['snapshot']>;
}

/** A finished cluster in a project whose state before it is known. */
async function built(controlPlanes = 1, workers = 1): Promise<Built> {
  const rehearsal = await rehearse(clusterYaml(controlPlanes, workers));
  const project = projectOf(rehearsal);
  const before = project.snapshot();
  await create(rehearsal.run().ctx);
  return { rehearsal, project, before };
}

function idOf(project: Project, path: 'servers' | 'networks' | 'firewalls', name: string): number {
  const found = project.list(path).find((item) => item.name === name);
  if (!found) throw new Error(`no ${name} in ${path}`);
  return found.id;
}

const balancer = (project: Project, labels: object) => ({
  name: 'ingress',
  load_balancer_type: 'lb11',
  location: 'nbg1',
  network: idOf(project, 'networks', 'demo'),
  labels,
});
const ccm = { 'hcloud-ccm/service-uid': '4d5a2e5c-1f62-4c0e-9a13-3f8e1c1b7a55' };
const volume = (project: Project, labels: object, server = 'demo-web-1') => ({
  name: 'pvc-1',
  size: 10,
  server: idOf(project, 'servers', server),
  labels,
});
const csi = { 'managed-by': 'csi-driver' };

const whyLeft = ({ left }: Extract<DestroyOutcome, { kind: 'destroyed' }>) =>
  left.map(({ resource, why }) => `${resource.kind} ${resource.name} ${why}`);

describe('a destroy', () => {
  test('leaves the project as it was before the create', async () => {
    const { rehearsal, project, before } = await built(3, 2);
    const outcome = await destroyed(rehearsal.run().ctx);
    expect(project.snapshot()).toEqual(before);
    expect(outcome.left).toEqual([]);
    expect(outcome.deleted).toHaveLength(10);
  });

  test('deletes exactly what its plan lists', async () => {
    const { rehearsal } = await built(1, 2);
    const from = rehearsal.faults.writes.length;
    const { plan } = await destroyed(rehearsal.run().ctx);
    // The network's label says for the time of the run who is at work.
    const paths = rehearsal.faults.writes
      .slice(from)
      .filter(({ method }) => method !== 'PUT')
      .map(({ method, path }) => `${method} ${path}`);
    const planned = plan.stages.flat().map(({ kind, id }) => {
      return `DELETE /${kind.replace('-', '_')}s/${id}`;
    });
    expect([...new Set(paths)].sort()).toEqual(planned.sort());
  });

  test('names each thing with its id and price', async () => {
    const { rehearsal, project } = await built();
    const { plan } = await destroy(rehearsal.run().ctx, { ...plain, dryRun: true });
    const id = idOf(project, 'servers', 'demo-web-1');
    expect(plan.changes).toContainEqual({
      ...{ action: 'delete', kind: 'server', name: 'demo-web-1' },
      detail: `cx33 in nbg1, id ${id}`,
      monthly: expect.objectContaining({ net: 8.99, currency: 'EUR' }) as unknown,
    });
    expect(plan.cost.after.net).toBe(0);
  });

  test('finds nothing the second time', async () => {
    const { rehearsal } = await built();
    await destroyed(rehearsal.run().ctx);
    const writes = rehearsal.faults.writes.length;
    const { kind, plan } = await destroy(rehearsal.run().ctx, plain);
    expect(kind).toBe('preview');
    expect([plan.changes, plan.kept]).toEqual([[], []]);
    expect(rehearsal.faults.writes).toHaveLength(writes);
  });

  test('deletes nothing when it is not confirmed, or only the plan is asked for', async () => {
    const { rehearsal, project } = await built();
    const whole = project.snapshot();
    const no = { ...plain, confirm: () => Promise.resolve(false) };
    expect((await destroy(rehearsal.run().ctx, no)).kind).toBe('preview');
    expect((await destroy(rehearsal.run().ctx, { ...plain, dryRun: true })).kind).toBe('preview');
    expect(project.snapshot()).toEqual(whole);
  });

  test('needs neither the output folder nor a Kubernetes that answers', async () => {
    const { rehearsal, project, before } = await built();
    await rm(rehearsal.files.folder, { recursive: true });
    const run = rehearsal.run({
      intercept: () => ({ exitCode: 1, stdout: '', stderr: 'connection refused\n' }),
    });
    await destroyed(run.ctx);
    expect(project.snapshot()).toEqual(before);
    expect(run.calls).toEqual([]);
  });

  test('does not ask whether cluster.yaml can still be ordered', async () => {
    const { rehearsal, project, before } = await built();
    const yaml = clusterYaml(1, 1).replaceAll(/cx\d3/g, 'cpx21');
    await destroyed(rehearsal.run({ yaml }).ctx);
    expect(project.snapshot()).toEqual(before);
  });

  test('takes labelled placement groups, primary IPs and load balancers, too', async () => {
    const { rehearsal, project, before } = await built();
    const labels = { 'managed-by': 'oxide', cluster: 'demo' };
    await project.make('placement_groups', { name: 'more', type: 'spread', labels });
    await project.make('primary_ips', { name: 'demo', type: 'ipv4', location: 'nbg1', labels });
    await project.make('load_balancers', balancer(project, labels));
    const { left } = await destroyed(rehearsal.run().ctx);
    expect(left).toEqual([]);
    expect(project.snapshot()).toEqual(before);
  });

  test('takes the firewall off a label selector first', async () => {
    const { rehearsal, project, before } = await built();
    const firewall = idOf(project, 'firewalls', 'demo');
    project.call('POST', `/firewalls/${firewall}/actions/apply_to_resources`, {
      apply_to: [{ type: 'label_selector', label_selector: { selector: 'cluster=demo' } }],
    });
    await rehearsal.clock.sleep(60_000);
    await destroyed(rehearsal.run().ctx);
    expect(project.snapshot()).toEqual(before);
  });
});

describe('a destroy beside others', () => {
  test('leaves every byte of them as it was', async () => {
    const yaml = clusterYaml(1, 1).replace('cluster_name: demo', 'cluster_name: prod');
    const rehearsal = await rehearse(yaml);
    const project = projectOf(rehearsal);
    await createNeighbour(rehearsal, yaml.replace('prod', 'prod-eu'));
    await makeForeigners(project);
    const before = project.snapshot();
    await create(rehearsal.run().ctx);
    await destroyed(rehearsal.run().ctx, { deleteVolumes: true, deleteLoadBalancers: true });
    expect(project.snapshot()).toEqual(before);
    expect(before['servers']?.map(({ name }) => name).sort()).toEqual([
      ...['bastion', 'k8zner-1', 'prod-eu-cp-1', 'prod-eu-web-1', 'tagged'],
    ]);
  });

  test('keeps the network while a server of somebody else is in it, and says which', async () => {
    const { rehearsal, project } = await built();
    const network = idOf(project, 'networks', 'demo');
    await project.make('servers', {
      ...{ name: 'bastion', server_type: 'cx23', image: 'debian-13', location: 'nbg1' },
      networks: [network],
    });
    const [id, theirs] = [idOf(project, 'servers', 'bastion'), project.list('servers').at(-1)];
    const outcome = await destroyed(rehearsal.run().ctx);
    expect(whyLeft(outcome)).toEqual([`network demo is used by server bastion (id ${id})`]);
    expect(project.list('servers')).toEqual([theirs]);
  });
});

/** A second cluster of oxide, from its own output folder. */
async function createNeighbour(rehearsal: Rehearsal, yaml: string): Promise<void> {
  const folder = join(rehearsal.files.folder, '..', 'neighbour');
  await ensurePrivateFolder(folder);
  await create({ ...rehearsal.run({ yaml }).ctx, files: new ClusterFiles(folder) });
}

/** What other people and tools may have in the project, with names and labels close by. */
async function makeForeigners(project: Project): Promise<void> {
  const server = { server_type: 'cx23', image: 'debian-13', location: 'nbg1' };
  const zone = { type: 'cloud', network_zone: 'eu-central', ip_range: '10.9.0.0/24' };
  const network = await project.make('networks', {
    ...{ name: 'prod-net', ip_range: '10.9.0.0/16', subnets: [zone] },
    labels: { cluster: 'prod', 'managed-by': 'k8zner' },
  });
  const k8zner = await project.make('servers', {
    ...{ ...server, name: 'k8zner-1', networks: [network] },
    labels: { cluster: 'prod', 'managed-by': 'k8zner', role: 'control-plane', pool: 'cp' },
  });
  await project.make('servers', { ...server, name: 'bastion' });
  await project.make('servers', { ...server, name: 'tagged', labels: { cluster: 'prod' } });
  await project.make('volumes', { name: 'pvc-9', size: 10, location: 'nbg1', labels: csi });
  await project.make('volumes', { name: 'data', size: 10, server: k8zner });
  await project.make('load_balancers', {
    ...{ name: 'theirs', load_balancer_type: 'lb11', location: 'nbg1', network, labels: ccm },
  });
  await project.make('firewalls', { name: 'prod-walls', labels: { 'managed-by': 'oxide' } });
  await project.make('placement_groups', { name: 'prod', type: 'spread' });
  await project.make('primary_ips', { name: 'prod', type: 'ipv4', location: 'nbg1' });
}

describe('what the controllers of the cluster made', () => {
  test('stops the run before anything is deleted when it holds the network', async () => {
    const { rehearsal, project } = await built();
    const id = await project.make('load_balancers', balancer(project, ccm));
    const whole = project.snapshot();
    await expect(destroyed(rehearsal.run().ctx)).rejects.toMatchObject({
      message: `the network "demo" still holds load balancer ingress (id ${id}), made by the cluster and not by oxide (€7.49 net a month)`,
      exitCode: 5,
    });
    expect(project.snapshot()).toEqual(whole);
  });

  test('goes with its option', async () => {
    const { rehearsal, project, before } = await built();
    await project.make('load_balancers', balancer(project, ccm));
    await project.make('volumes', volume(project, csi));
    await destroyed(rehearsal.run().ctx, { deleteLoadBalancers: true, deleteVolumes: true });
    expect(project.snapshot()).toEqual(before);
  });

  test('is kept and priced without it', async () => {
    const { rehearsal, project, before } = await built();
    const id = await project.make('volumes', volume(project, csi));
    const outcome = await destroyed(rehearsal.run().ctx);
    expect(outcome.left).toMatchObject([
      { resource: { kind: 'volume', id, monthly: { currency: 'EUR' } }, unfinished: false },
    ]);
    expect(outcome.plan.stays?.[0]?.monthly?.net).toBe(0.57);
    expect({ ...project.snapshot(), volumes: [] }).toEqual(before);
    expect(project.list('volumes')).toMatchObject([{ id, server: null }]);
  });

  test('is told from what somebody attached by hand, which always stays', async () => {
    const { rehearsal, project } = await built();
    const id = await project.make('volumes', volume(project, {}));
    const outcome = await destroyed(rehearsal.run().ctx, { deleteVolumes: true });
    expect(whyLeft(outcome).map(spelled)).toEqual([
      'volume pvc-1 was kept; delete it in the Hetzner console when it is no longer needed',
    ]);
    expect(project.list('volumes')).toMatchObject([{ id }]);
  });

  test('is found through Kubernetes when it is attached to nothing', async () => {
    const { rehearsal, project, before } = await built();
    const pvc = { name: 'pvc-2', size: 10, location: 'nbg1', labels: csi };
    const id = await project.make('volumes', pvc);
    await project.make('volumes', { ...pvc, name: 'pvc-of-others' });
    const run = rehearsal.run({
      intercept: ({ args }) => {
        const csi = { driver: 'csi.hetzner.cloud', volumeHandle: String(id) };
        const items = args.includes('persistentvolumes,services')
          ? [{ kind: 'PersistentVolume', metadata: { uid: 'a' }, spec: { csi } }]
          : [];
        return { exitCode: 0, stdout: JSON.stringify({ items }), stderr: '' };
      },
    });
    await destroyed(run.ctx, { deleteVolumes: true });
    expect(project.list('volumes').map(({ name }) => name)).toEqual(['pvc-of-others']);
    expect({ ...project.snapshot(), volumes: [] }).toEqual(before);
  });
});

test('volumes of the own storage driver are known by their labels when all else is gone', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 0));
  const project = projectOf(rehearsal);
  const marked = (name: string, labels: object) =>
    project.make('volumes', { name, size: 10, location: 'nbg1', labels: { ...csi, ...labels } });
  await marked('pvc-own', { cluster: 'demo', 'installed-by': 'oxide' });
  await marked('pvc-of-another-cluster', { cluster: 'prod', 'installed-by': 'oxide' });
  await marked('pvc-of-another-tool', { cluster: 'demo' });
  const kept = await destroy(rehearsal.run().ctx, plain);
  expect(kept.plan.kept).toMatchObject([{ resource: { name: 'pvc-own' }, unfinished: false }]);
  expect(kept.plan.notes.join()).toContain('pvc-of-another-tool');
  expect(kept.plan.notes.join()).not.toContain('pvc-of-another-cluster');
  await destroyed(rehearsal.run().ctx, { deleteVolumes: true });
  expect(project.list('volumes').map(({ name }) => name)).toEqual([
    'pvc-of-another-cluster',
    'pvc-of-another-tool',
  ]);
});

describe('a destroy that meets an obstacle', () => {
  test('leaves a protected server and what it needs, and takes the rest', async () => {
    const { rehearsal, project, before } = await built(1, 2);
    const id = idOf(project, 'servers', 'demo-web-2');
    const protect = (on: boolean) =>
      project.call('POST', `/servers/${id}/actions/change_protection`, {
        ...{ delete: on, rebuild: on },
      });
    protect(true);
    await rehearsal.clock.sleep(60_000);
    const outcome = await destroyed(rehearsal.run().ctx);
    expect(whyLeft(outcome)).toEqual([
      'server demo-web-2 is delete-protected; take the protection off first',
      `firewall demo is used by server demo-web-2 (id ${id})`,
      `placement-group demo-web-1 is used by server demo-web-2 (id ${id})`,
      `network demo is used by server demo-web-2 (id ${id})`,
    ]);
    expect(outcome.left.every(({ unfinished }) => unfinished)).toBe(true);
    expect(project.list('servers').map(({ name }) => name)).toEqual(['demo-web-2']);
    expect(project.list('ssh_keys')).toEqual([]);
    protect(false);
    await rehearsal.clock.sleep(60_000);
    await destroyed(rehearsal.run().ctx);
    expect(project.snapshot()).toEqual(before);
  });

  test.each([
    ['fails', { kind: 'action-error', message: 'the host is broken' } as const],
    ['takes long', { kind: 'slow-action', factor: 20 } as const],
  ])('sees a deletion that %s among those that do not', async (how, fault) => {
    const { rehearsal, project } = await built(1, 2);
    const id = idOf(project, 'servers', 'demo-web-2');
    rehearsal.faults.add({
      method: 'DELETE',
      path: new RegExp(`^/servers/${id}$`),
      count: 1,
      fault,
    });
    const before = rehearsal.faults.requests.length;
    const outcome = await destroyed(rehearsal.run().ctx);
    const actions = rehearsal.faults.requests
      .slice(before)
      .filter(({ path, query }) => path === '/actions' && query.split('&').length > 1);
    expect(actions).toEqual([]);
    if (how === 'fails') {
      expect(whyLeft(outcome)[0]).toMatch(/^server demo-web-2 .*the host is broken/);
      expect(project.list('servers').map(({ name }) => name)).toEqual(['demo-web-2']);
    } else {
      expect(outcome.left).toEqual([]);
    }
  });

  test('clears away what is left of a create that failed at any of its writes', async () => {
    const counted = await rehearse(clusterYaml(1, 2));
    await create(counted.run().ctx);
    // The last one gives the cluster's lease back: that it fails is no failure of the create.
    const writes = counted.faults.writes.length - 1;
    expect(writes).toBeGreaterThan(6);
    for (let n = 1; n <= writes; n++) {
      const rehearsal = await rehearse(clusterYaml(1, 2));
      const project = projectOf(rehearsal);
      const before = project.snapshot();
      rehearsal.faults.add(failingWrite(n));
      await expect(create(rehearsal.run().ctx), `write ${n}`).rejects.toThrow('planted');
      await destroy(rehearsal.run().ctx, plain);
      expect(project.snapshot(), `after a failure of write ${n}`).toEqual(before);
    }
  });

  test('goes on from a failure of any of its own writes', async () => {
    // The first one says on the network's label who is at work.
    for (let n = 2; n <= 6; n++) {
      const { rehearsal, project, before } = await built();
      rehearsal.faults.add(failingWrite(rehearsal.faults.writes.length + n));
      const broken = await destroyed(rehearsal.run().ctx);
      expect(
        broken.left.some(({ unfinished }) => unfinished),
        `write ${n}`,
      ).toBe(true);
      await destroyed(rehearsal.run().ctx);
      expect(project.snapshot(), `after a failure of write ${n}`).toEqual(before);
    }
  });

  test('waits for a server that is still being created', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 0));
    const project = projectOf(rehearsal);
    const before = project.snapshot();
    const slow = { kind: 'slow-action', factor: 20 } as const;
    rehearsal.faults.add({ method: 'POST', path: /^\/servers$/, fault: slow });
    const interrupt = new AbortController();
    const { ctx } = rehearsal.run({ signal: interrupt.signal });
    const creating = create(ctx).catch((error: unknown) => error);
    while (project.list('servers').length === 0) await rehearsal.clock.sleep(1_000);
    interrupt.abort(new InterruptedError());
    expect(await creating).toBeInstanceOf(InterruptedError);
    const { left } = await destroyed(rehearsal.run().ctx);
    expect(left).toEqual([]);
    expect(project.snapshot()).toEqual(before);
  });

  test('keeps the network when the cluster ordered a load balancer meanwhile', async () => {
    const { rehearsal, project } = await built();
    const { ctx } = rehearsal.run();
    const order = balancer(project, ccm);
    const step: FlowContext['step'] = async (title, work) => {
      const result = await ctx.step(title, work);
      if (title.includes('server')) await project.make('load_balancers', order);
      return result;
    };
    const outcome = await destroyed({ ...ctx, step });
    expect(outcome.left.map(({ resource: { kind } }) => kind).sort()).toEqual([
      ...['load-balancer', 'network'],
    ]);
    await destroyed(rehearsal.run().ctx, { deleteLoadBalancers: true });
    expect([...project.list('networks'), ...project.list('load_balancers')]).toEqual([]);
  });

  test('waits until Hetzner no longer counts the firewall as in use', async () => {
    const { rehearsal, project, before } = await built();
    const inUse = { kind: 'status', status: 422, code: 'resource_in_use' } as const;
    rehearsal.faults.add({ method: 'DELETE', path: /^\/firewalls/, count: 10, fault: inUse });
    const run = rehearsal.run();
    const { left } = await destroyed(run.ctx);
    expect(left).toEqual([]);
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'step-detail',
        text: expect.stringContaining('resource_in_use') as unknown,
      }),
    );
    expect(project.snapshot()).toEqual(before);
  });

  test('stops at once with a token that may only read', async () => {
    const { rehearsal } = await built();
    const readOnly = { kind: 'status', status: 403, code: 'token_readonly' } as const;
    rehearsal.faults.add({ method: 'DELETE', count: Infinity, fault: readOnly });
    await expect(destroyed(rehearsal.run().ctx)).rejects.toMatchObject({ exitCode: 3 });
    const deletions = rehearsal.faults.writes.filter(({ method }) => method === 'DELETE');
    expect(deletions.at(-1)?.path).toMatch(/^\/servers/);
  });

  test('goes on after an interrupt', async () => {
    const { rehearsal, project, before } = await built(1, 2);
    const interrupt = new AbortController();
    const { ctx } = rehearsal.run({ signal: interrupt.signal });
    const actions: FlowContext['actions'] = {
      wait: (pending, what) => {
        interrupt.abort(new InterruptedError());
        return ctx.actions.wait(pending, what);
      },
    };
    await expect(destroyed({ ...ctx, actions })).rejects.toBeInstanceOf(InterruptedError);
    expect(project.snapshot()).not.toEqual(before);
    await destroyed(rehearsal.run().ctx);
    expect(project.snapshot()).toEqual(before);
  });
});

function failingWrite(write: number) {
  const fault = { kind: 'status', status: 422, code: 'invalid_input', message: 'planted' } as const;
  return { write, fault };
}
