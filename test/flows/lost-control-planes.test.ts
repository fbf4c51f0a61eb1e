import { describe, expect, test } from 'vitest';
import { accessKubernetes } from '../../src/flows/access.js';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { oxide } from '../../src/lib/commands.js';
import type { ScaleWish } from '../../src/cluster/plan/scale/scale-pool.js';
import type { Change } from '../../src/cluster/plan/plan.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearseCluster, type Rehearsal, type Run } from '../helpers/rehearsal.js';

/** Long enough that no server counts as one that may just be booting for the first time. */
const hour = 60 * 60_000;

async function clusterOf(controlPlanes: number, workers = 1, more = ''): Promise<Rehearsal> {
  const rehearsal = await rehearseCluster(clusterYaml(controlPlanes, workers) + more);
  await rehearsal.clock.sleep(hour);
  return rehearsal;
}

/** What somebody does to servers in the console. */
async function inConsole(
  rehearsal: Rehearsal,
  deed: 'delete' | 'power off',
  ...names: readonly string[]
): Promise<void> {
  const project = projectOf(rehearsal);
  for (const { id, name } of project.list('servers')) {
    if (!names.includes(name)) continue;
    if (deed === 'delete') project.call('DELETE', `/servers/${id}`);
    else project.call('POST', `/servers/${id}/actions/poweroff`);
  }
  await rehearsal.clock.sleep(2 * 60_000);
}

const membersOf = ({ world }: Rehearsal): readonly string[] =>
  (world.talos.bootstrappedClusters()[0]?.etcd.members ?? [])
    .map(({ hostname, learner }) => (learner ? `${hostname} (learner)` : hostname))
    .sort();

const controlPlanes = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `demo-cp-${i + 1}`);

const serversOf = (rehearsal: Rehearsal): readonly string[] =>
  projectOf(rehearsal)
    .list('servers')
    .map(({ name }) => name)
    .sort();

/** Orders of servers since the last look. */
function ordersOf({ faults }: Rehearsal): () => number {
  const isOrder = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'POST' && path === '/servers';
  let seen = faults.writes.filter(isOrder).length;
  return () => {
    const now = faults.writes.filter(isOrder).length;
    const since = now - seen;
    seen = now;
    return since;
  };
}

const changesOf = ({ plans }: Run): readonly Change[] => plans.at(-1)?.changes ?? [];

const problemsOf = async (rehearsal: Rehearsal): Promise<readonly string[]> =>
  (await status(rehearsal.run().ctx)).status.problems.map(({ message }) => message);

/** A create that ends in a whole cluster, and another one that has nothing to do. */
async function mended(rehearsal: Rehearsal, count: number): Promise<Run> {
  const run = rehearsal.run();
  await create(run.ctx);
  expect(membersOf(rehearsal)).toEqual(controlPlanes(count));
  expect(await problemsOf(rehearsal)).toEqual([]);
  const again = rehearsal.run();
  await expect(create(again.ctx)).resolves.toMatchObject({ cluster: { changed: false } });
  expect(changesOf(again)).toEqual([]);
  return run;
}

describe('control planes that were deleted by hand', () => {
  test.each([
    [3, ['demo-cp-1']],
    [3, ['demo-cp-2']],
    [3, ['demo-cp-3']],
    [5, ['demo-cp-1']],
    [5, ['demo-cp-3']],
    [5, ['demo-cp-1', 'demo-cp-4']],
    [5, ['demo-cp-4', 'demo-cp-5']],
  ])('of %i %j are named by status and made again by create', async (count, names) => {
    const rehearsal = await clusterOf(count);
    await inConsole(rehearsal, 'delete', ...names);
    const said = await problemsOf(rehearsal);
    for (const name of names) {
      expect(said).toContain(`${name} does not exist`);
      expect(said.join('\n')).toMatch(
        new RegExp(`the etcd member ${name} \\([0-9a-f]+\\) has no server any more`),
      );
    }
    const preview = rehearsal.run({ dryRun: true });
    await create(preview.ctx);
    const removals = changesOf(preview).filter(({ kind }) => kind === 'etcd-member');
    expect(removals.map(({ action, name }) => `${action} ${name}`)).toEqual(
      names.map((name) => `delete ${name}`),
    );
    expect(membersOf(rehearsal)).toEqual(controlPlanes(count));
    const run = await mended(rehearsal, count);
    expect(changesOf(run)).toEqual(changesOf(preview));
  });

  test('join one after the other, also when they boot side by side', async () => {
    const rehearsal = await clusterOf(5);
    await inConsole(rehearsal, 'delete', 'demo-cp-2', 'demo-cp-5');
    const learners = new Set<number>();
    const booting = new Set<number>();
    const run = rehearsal.run({
      intercept: () => {
        const etcd = rehearsal.world.talos.bootstrappedClusters()[0]?.etcd;
        const running = rehearsal.world.cloud
          .machines()
          .filter(({ name, poweredOnAt }) => name.includes('-cp-') && poweredOnAt !== undefined);
        learners.add(etcd?.members.filter(({ learner }) => learner).length ?? 0);
        booting.add(running.length - (etcd?.members.length ?? 0));
        return undefined;
      },
    });
    await create(run.ctx);
    expect(Math.max(...learners)).toBe(1);
    expect(Math.max(...booting)).toBe(2);
  });

  test('while another one is off: that one is started first, and the rest follows', async () => {
    const rehearsal = await clusterOf(5);
    await inConsole(rehearsal, 'delete', 'demo-cp-1');
    await inConsole(rehearsal, 'power off', 'demo-cp-2');
    await mended(rehearsal, 5);
  });

  test('while another one runs and is dead: nothing is ordered, and the way on is named', async () => {
    const rehearsal = await clusterOf(5);
    await inConsole(rehearsal, 'delete', 'demo-cp-5');
    const orders = ordersOf(rehearsal);
    const run = rehearsal.run(await silentNode(rehearsal, 'demo-cp-4'));
    await expect(create(run.ctx)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^no control plane can join etcd: the etcd member demo-cp-4 \([0-9a-f]+\) does not answer, and demo-cp-5/,
      ) as string,
      hint: expect.stringMatching(
        /talosctl --endpoints [\d.]+ --nodes [\d.]+ etcd remove-member [0-9a-f]+/,
      ) as string,
    });
    expect(orders()).toBe(0);
    expect(membersOf(rehearsal)).toEqual(controlPlanes(5));
  });

  test('are not taken for gone while a server bears their name or their address', async () => {
    const rehearsal = await clusterOf(3);
    const project = projectOf(rehearsal);
    const [second] = project.list('servers').filter(({ name }) => name === 'demo-cp-2');
    const { role, ...labels } = second?.labels ?? {};
    expect(role).toBe('control-plane');
    project.call('PUT', `/servers/${second?.id ?? 0}`, { labels });
    const run = rehearsal.run({ dryRun: true });
    await create(run.ctx).catch(() => undefined);
    expect(changesOf(run).filter(({ kind }) => kind === 'etcd-member')).toEqual([]);
  });

  test.each([
    [3, ['demo-cp-1', 'demo-cp-2']],
    [3, ['demo-cp-2', 'demo-cp-3']],
    [5, ['demo-cp-1', 'demo-cp-2', 'demo-cp-3']],
  ])('of %i %j: the quorum is lost, and create says so before it orders', async (count, names) => {
    const rehearsal = await clusterOf(count);
    await inConsole(rehearsal, 'delete', ...names);
    const orders = ordersOf(rehearsal);
    for (const dryRun of [true, false]) {
      await expect(create(rehearsal.run({ dryRun }).ctx)).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringContaining(
          'etcd of the cluster "demo" has lost its quorum',
        ) as string,
        hint: expect.stringContaining('docs/operations.md') as string,
      });
    }
    expect(orders()).toBe(0);
    expect((await problemsOf(rehearsal)).join('\n')).toContain('etcd has no quorum');
  });

  test.each([1, 3])('all %i of them: create says so before it orders', async (count) => {
    const rehearsal = await clusterOf(count);
    await inConsole(rehearsal, 'delete', ...controlPlanes(count));
    const orders = ordersOf(rehearsal);
    await expect(create(rehearsal.run().ctx)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('has workers and no control plane') as string,
    });
    expect(orders()).toBe(0);
  });

  test('the holder of the endpoint address, without discovery: said before it is ordered', async () => {
    const patch = 'talos: { config_patches: ["cluster: { discovery: { enabled: false } }"] }\n';
    const rehearsal = await clusterOf(3, 1, patch);
    await inConsole(rehearsal, 'delete', 'demo-cp-1');
    const orders = ordersOf(rehearsal);
    await expect(create(rehearsal.run().ctx)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("demo-cp-1 could not find etcd's members") as string,
      hint: expect.stringContaining('talosctl patch machineconfig') as string,
    });
    expect(orders()).toBe(0);
  });
});

/** A run in which neither Talos nor Kubernetes of a control plane answers. */
async function silentNode(rehearsal: Rehearsal, name: string) {
  const { ctx } = rehearsal.run();
  const servers = await ctx.hetzner.servers();
  const ip = servers.find((server) => server.name === name)?.public_net.ipv4?.ip ?? '';
  return {
    intercept: ({ args }: { readonly args: readonly string[] }) =>
      args.some((arg) => arg.split(',').includes(ip) || arg === `https://${ip}:6443`)
        ? {
            exitCode: 1,
            stdout: '',
            stderr: `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${ip}:50000: i/o timeout"\n`,
          }
        : undefined,
  };
}

describe('control planes that are off', () => {
  test.each([
    [3, ['demo-cp-1']],
    [3, ['demo-cp-2', 'demo-cp-3']],
    [3, ['demo-cp-1', 'demo-cp-2', 'demo-cp-3']],
    [5, ['demo-cp-1', 'demo-cp-2', 'demo-cp-3']],
  ])('of %i %j are started, and the cluster is whole again', async (count, names) => {
    const rehearsal = await clusterOf(count);
    await inConsole(rehearsal, 'power off', ...names);
    const orders = ordersOf(rehearsal);
    await mended(rehearsal, count);
    expect(orders()).toBe(0);
  });

  test('come back first, and what the plan could not show is left to the next run', async () => {
    const rehearsal = await clusterOf(3);
    await inConsole(rehearsal, 'delete', 'demo-cp-1');
    await inConsole(rehearsal, 'power off', 'demo-cp-2');
    const orders = ordersOf(rehearsal);
    await expect(create(rehearsal.run().ctx)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('could not be seen before') as string,
    });
    expect(orders()).toBe(0);
    await mended(rehearsal, 3);
  });
});

describe('control planes that run and do not answer', () => {
  test.each([['demo-cp-1'], ['demo-cp-3']])(
    '%s, which is dead by facts: create says so at once, with the command that makes it anew',
    async (name) => {
      const rehearsal = await clusterOf(3);
      const id =
        projectOf(rehearsal)
          .list('servers')
          .find((one) => one.name === name)?.id ?? 0;
      rehearsal.world.cloud.hang(id);
      await rehearsal.clock.sleep(10 * 60_000);
      const writes = rehearsal.faults.writes.length;
      await expect(create(rehearsal.run().ctx)).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(
          new RegExp(
            `^${name} is dead: not Ready for \\d+m \\d+s, and its Talos does not answer\n`,
          ),
        ) as string,
        hint: `Make it anew, with its name and address: ${oxide`repair`}, or ${oxide`replace ${name} --force`}`,
      });
      expect(rehearsal.faults.writes).toHaveLength(writes);
      const hints = (await status(rehearsal.run().ctx)).status.problems.map(({ hint }) => hint);
      expect(hints.join('\n')).toContain(oxide`repair`);
    },
  );

  test('all of them: create says so within its look', async () => {
    const rehearsal = await clusterOf(3);
    await inConsole(rehearsal, 'delete', 'demo-web-1');
    const orders = ordersOf(rehearsal);
    const run = rehearsal.run({
      intercept: ({ tool, args }) =>
        tool === 'talosctl' && args.includes('--nodes')
          ? {
              exitCode: 1,
              stdout: '',
              stderr:
                'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 203.0.113.4:50000: i/o timeout"\n',
            }
          : undefined,
    });
    await expect(create(run.ctx)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('no control plane of the cluster "demo" answers') as string,
    });
    expect(orders()).toBe(0);
  });
});

describe('with the first control plane dead', () => {
  const wish = (role: ScaleWish['role'], count: number): ScaleWish => ({
    ...{ role, count, pool: undefined, nodes: [], force: false },
  });
  const scaled = (run: Run, count: number) =>
    scale(run.ctx, {
      wish: wish('worker', count),
      drainTimeoutMs: 10 * 60_000,
      confirm: () => Promise.resolve(true),
    });

  test('workers come and go, and the kubeconfig leads to another one', async () => {
    const rehearsal = await clusterOf(3, 2);
    const before = await accessKubernetes(rehearsal.run().ctx);
    await inConsole(rehearsal, 'power off', 'demo-cp-1');
    await scaled(rehearsal.run(), 3);
    expect(serversOf(rehearsal)).toContain('demo-web-3');
    await scaled(rehearsal.run(), 1);
    expect(serversOf(rehearsal)).not.toContain('demo-web-2');
    const after = await accessKubernetes(rehearsal.run().ctx);
    expect(after.endpoint).not.toBe(before.endpoint);
    expect((await status(rehearsal.run().ctx)).status.servers[1]?.kubernetes).toMatchObject({
      ready: true,
    });
  });

  test('although Hetzner says that it runs', async () => {
    const rehearsal = await clusterOf(3, 2);
    const dead = await silentNode(rehearsal, 'demo-cp-1');
    await scaled(rehearsal.run(dead), 3);
    await scaled(rehearsal.run(dead), 2);
    const { problems, servers } = (await status(rehearsal.run(dead).ctx)).status;
    expect(servers.filter(({ kubernetes }) => kubernetes?.ready)).toHaveLength(5);
    expect(problems.map(({ code }) => code)).toEqual(['talos-unknown']);
  });

  test('that dies while create waits, the next look goes to another one', async () => {
    const rehearsal = await clusterOf(3, 1);
    const dead = await silentNode(rehearsal, 'demo-cp-1');
    let looks = 0;
    const run = rehearsal.run({
      yaml: clusterYaml(3, 2),
      intercept: (call) => {
        if (!call.args.includes('nodes')) return undefined;
        looks++;
        return dead.intercept(call);
      },
    });
    await create(run.ctx);
    expect(looks).toBeGreaterThan(1);
  });
});
