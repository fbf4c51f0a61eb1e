import { describe, expect, test } from 'vitest';
import { applyAddons } from '../../src/flows/apply-addons.js';
import { create, type CreatedCluster } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { listAddons } from '../../src/flows/list-addons.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import type { ShownPlan } from '../../src/cluster/plan/plan.js';
import { ExitCode, InterruptedError } from '../../src/lib/errors.js';
import { furtherToken } from '../../src/sandbox/tokens.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { administer } from '../helpers/administer.js';
import { clusterYaml, shortYaml } from '../helpers/cluster-yaml.js';
import { projectOf } from '../helpers/project.js';
import { rehearse, rehearseCluster, type Rehearsal, type Run } from '../helpers/rehearsal.js';

async function created(run: Run): Promise<CreatedCluster> {
  const outcome = await create(run.ctx);
  if (outcome.kind !== 'created') throw new Error('only a plan was made');
  return outcome.cluster;
}

const changesOf = ({ plans }: Run): readonly string[] =>
  (plans[0]?.changes ?? []).map(({ action, kind, name }) => `${action} ${kind} ${name}`);

const all = ['hcloud-ccm', 'talos-ccm', 'hcloud-csi', 'metrics-server'];

/** A claim, and a pod that waits for it. */
async function addClaim(rehearsal: Rehearsal): Promise<void> {
  const post = (path: string, body: object): Promise<unknown> =>
    administer(rehearsal, {
      method: 'POST',
      path: `${path}/namespaces/default/${kindOf(body)}`,
      body,
    });
  const kindOf = (body: object): string => `${(body as { kind: string }).kind.toLowerCase()}s`;
  await post('/api/v1', {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
  });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  await post('/api/v1', {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db' } },
    spec: { volumes, containers: [{ name: 'db', image: 'postgres:18' }] },
  });
  await rehearsal.clock.sleep(3 * 60_000);
}

describe('a cluster whose file says nothing of addons', () => {
  test.each([
    [1, 0],
    [3, 3],
  ])(
    'of %i+%i has those that a cluster needs, and a second run writes nothing',
    async (...size) => {
      const rehearsal = await rehearse(shortYaml(...size));
      const run = rehearsal.run();
      expect(await created(run)).toMatchObject({ failedAddons: [], differences: [] });
      expect(changesOf(run)).toEqual(
        expect.arrayContaining(all.map((name) => `create addon ${name}`)),
      );
      expect(run.plans[0]?.notes.join('\n')).toContain(
        "Hetzner's controllers in the cluster get the API token from HCLOUD_TOKEN",
      );
      const { stdout } = await run.ctx.run({
        ...{ tool: 'kubectl', timeoutMs: 1_000 },
        args: ['--kubeconfig', run.ctx.files.kubeconfig, 'get', 'nodes', '--output', 'json'],
      });
      expect(
        parseNodes(stdout).every(({ providerId }) => providerId?.startsWith('hcloud://')),
      ).toBe(true);
      const again = rehearsal.run();
      expect(await created(again)).toMatchObject({ changed: false, failedAddons: [] });
      // Nobody is told of a token that goes nowhere.
      expect(again.plans[0]).toMatchObject({ changes: [], notes: [] });
      const { status: found } = await status(rehearsal.run().ctx);
      expect(found).toMatchObject({ healthy: true, differences: [] });
      expect(found.addons.filter(({ state }) => state === 'works')).toHaveLength(all.length + 2);
    },
  );

  test('has volumes for claims, which a destroy names and takes along when it is told', async () => {
    const rehearsal = await rehearseCluster(shortYaml(1, 1));
    await addClaim(rehearsal);
    const volumes = () => projectOf(rehearsal).list('volumes');
    expect(volumes()).toMatchObject([{ labels: { cluster: 'demo' } }]);
    const run = rehearsal.run();
    await destroy(run.ctx, {
      ...{ deleteVolumes: true, deleteLoadBalancers: false, dryRun: false },
      confirm: (plan) => {
        expect(plan.changes.map(({ kind }) => kind)).toContain('volume');
        return Promise.resolve(true);
      },
    });
    expect(volumes()).toEqual([]);
  });
});

describe('the token of the controllers', () => {
  /** Pods of the cloud controller, which are others when it was restarted. */
  async function controllers(rehearsal: Rehearsal): Promise<readonly string[]> {
    const path = '/api/v1/namespaces/kube-system/pods';
    const { items } = await administer(rehearsal, { method: 'GET', path });
    return (items as { metadata: { name: string } }[])
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('hcloud-cloud-controller-manager'));
  }

  test('is another one after an apply; one that Hetzner does not take is told in their own words', async () => {
    const rehearsal = await rehearseCluster(shortYaml(1, 1));
    const before = await controllers(rehearsal);
    const apply = (clusterToken: string) => {
      const run = rehearsal.run({ clusterToken });
      const confirm = (plan: ShownPlan): Promise<boolean> => {
        (run.plans as ShownPlan[]).push(plan);
        return Promise.resolve(true);
      };
      return { run, ended: applyAddons(run.ctx, { names: [], confirm }) };
    };
    const wrong = apply('w'.repeat(64));
    await expect(wrong.ended).rejects.toMatchObject({
      // hcloud-cloud-controller-manager v1.35, main.go, and hcloud-go, error.go.
      message: expect.stringMatching(
        /^hcloud-ccm does not work: pod hcloud-cloud-controller-manager-\w+: CrashLoopBackOff: .*; its last words: F.* Cloud provider could not be initialized: hcloud\/newCloud: .*\(unauthorized\)$/,
      ) as string,
      exitCode: ExitCode.timeout,
    });
    expect(changesOf(wrong.run)).toEqual(['update addon hcloud-ccm', 'update addon hcloud-csi']);
    expect(wrong.run.plans[0]?.notes).toEqual([
      "Hetzner's controllers in the cluster get the API token from HCLOUD_CLUSTER_TOKEN.",
    ]);
    const { status: broken } = await status(rehearsal.run().ctx);
    expect(broken.problems).toContainEqual(expect.objectContaining({ code: 'addon-failing' }));

    const right = furtherToken(rehearsal.world.token, 'a'.repeat(64));
    expect(await apply(right).ended).toMatchObject({ kind: 'applied' });
    expect(await controllers(rehearsal)).not.toEqual(before);
    const { status: whole } = await status(rehearsal.run({ clusterToken: right }).ctx);
    expect(whole.healthy).toBe(true);
  });
});

describe('a create that is interrupted while the addons are installed', () => {
  test('is finished by the same command', async () => {
    const rehearsal = await rehearse(shortYaml(1, 0));
    const interrupt = new AbortController();
    const first = rehearsal.run({
      signal: interrupt.signal,
      intercept: ({ args }) => {
        if (args[0] === 'upgrade' && args[1] === 'hcloud-csi') {
          interrupt.abort(new InterruptedError());
        }
        return undefined;
      },
    });
    await expect(create(first.ctx)).rejects.toBeInstanceOf(InterruptedError);
    const second = rehearsal.run();
    expect(await created(second)).toMatchObject({ failedAddons: [], differences: [] });
    const third = rehearsal.run();
    expect(await created(third)).toMatchObject({ changed: false });
    expect(third.plans[0]?.changes).toEqual([]);
  });
});

describe('a cluster that was made without addons, and whose file now says nothing of them', () => {
  test('gets what its nodes can have, is told of the rest, and has no difference for ever', async () => {
    const rehearsal = await rehearseCluster(clusterYaml(1, 1));
    const yaml = shortYaml(1, 1);
    const run = rehearsal.run({ yaml });
    expect(await created(run)).toMatchObject({ failedAddons: [] });
    const possible = all.filter((name) => name !== 'talos-ccm');
    expect(changesOf(run)).toEqual(possible.map((name) => `create addon ${name}`));
    expect(run.plans[0]?.warnings.join('\n')).toContain('talos-ccm is left out: no control plane');
    const again = rehearsal.run({ yaml });
    expect(await created(again)).toMatchObject({ changed: false });
    expect(again.plans[0]?.changes).toEqual([]);

    const { status: found } = await status(rehearsal.run({ yaml }).ctx);
    expect(found.problems).toEqual([]);
    expect(found.differences.map(({ key }) => key)).toEqual(['addons']);
    const states = (await listAddons(rehearsal.run({ yaml }).ctx)).addons;
    expect(states.filter(({ state }) => state !== 'works')).toMatchObject([
      { name: 'talos-ccm', state: 'impossible' },
    ]);
    const applied = await applyAddons(rehearsal.run({ yaml }).ctx, {
      ...{ names: [], confirm: () => Promise.resolve(true) },
    });
    expect(applied).toMatchObject({ kind: 'applied', result: { applied: [] } });

    const grown = await scale(rehearsal.run({ yaml }).ctx, {
      wish: { role: 'worker', pool: undefined, nodes: [], force: false, count: 2 },
      ...{ drainTimeoutMs: 60_000, confirm: () => Promise.resolve(true) },
    });
    expect(grown).toMatchObject({ scaled: { added: ['demo-web-2'] } });
  });
});
