import { describe, expect, test } from 'vitest';
import { applyAddons, type ApplyOutcome } from '../../src/flows/apply-addons.js';
import { create, type CreatedCluster } from '../../src/flows/create.js';
import { listAddons } from '../../src/flows/list-addons.js';
import { status } from '../../src/flows/status.js';
import type { ShownPlan } from '../../src/cluster/plan/plan.js';
import { renderCreated } from '../../src/ui/created.js';
import { administer } from '../helpers/administer.js';
import { clusterYaml, onlyAddons } from '../helpers/cluster-yaml.js';
import { rehearse, rehearseCluster, type Rehearsal, type Run } from '../helpers/rehearsal.js';

const on = { enabled: true };
const metrics = (more: object = {}): string =>
  clusterYaml(1, 1, onlyAddons({ hcloud_ccm: on, metrics_server: { ...on, ...more } }));

const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server';

async function created(run: Run): Promise<CreatedCluster> {
  const outcome = await create(run.ctx);
  if (outcome.kind !== 'created') throw new Error('only a plan was made');
  return outcome.cluster;
}

/** What was applied, with the plan that was shown for it. */
async function applied({ ctx, plans }: Run, ...names: readonly string[]) {
  const confirm = (plan: ShownPlan): Promise<boolean> => {
    (plans as ShownPlan[]).push(plan);
    return Promise.resolve(true);
  };
  const outcome: ApplyOutcome = await applyAddons(ctx, { names, confirm });
  if (outcome.kind !== 'applied') throw new Error('only a plan was made');
  return outcome.result;
}

const changesOf = ({ plans }: Run): readonly string[] =>
  (plans[0]?.changes ?? []).map(({ action, name, detail }) => `${action} ${name}: ${detail}`);

const releasesOf = ({ calls }: Run): readonly string[] =>
  calls.flatMap(({ tool, args }) =>
    tool === 'helm' && args[0] === 'upgrade' ? [args[1] ?? ''] : [],
  );

/** What a run changes in the cluster or at Hetzner. */
async function writesOf(
  { faults }: Rehearsal,
  { calls }: Run,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const before = faults.writes.length;
  await work();
  const changing =
    /^(upgrade|uninstall|rollback|apply|patch|create|replace|delete|annotate|label|bootstrap)$/;
  return [
    ...faults.writes.slice(before).map(({ method, path }) => `${method} ${path}`),
    ...calls.flatMap(({ tool, args }) =>
      args.some((arg) => changing.test(arg)) ? [`${tool} ${args.join(' ')}`] : [],
    ),
  ];
}

const details = ({ events }: Run): readonly string[] =>
  events.flatMap((event) => (event.type === 'step-detail' ? [event.text] : []));

const unmet = ({ events }: Run): readonly unknown[] =>
  events.flatMap((event) => (event.type === 'step-done' && event.unmet ? [event] : []));

/** As `kubectl edit` and `kubectl set` do it. */
const patch = (rehearsal: Rehearsal, path: string, body: object): Promise<unknown> =>
  administer(rehearsal, {
    ...{ method: 'PATCH', path, body, contentType: 'application/strategic-merge-patch+json' },
  });

const stateOf = async (run: Run) =>
  (await listAddons(run.ctx)).addons.find(({ name }) => name === 'metrics-server');

describe('an optional addon whose pod crashes', () => {
  const policies = '/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies';
  /** A policy of the user's own, which forgets that the storage driver asks there where it is. */
  const strict = {
    ...{ apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy' },
    metadata: { name: 'strict' },
    spec: { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] },
  };

  test('keeps no cluster from being made, is told with its last words, and works once the cause is gone', async () => {
    const addons = onlyAddons({ hcloud_ccm: on, hcloud_csi: on });
    // Longer than the five minutes of the kubelet's longest pause after a crash.
    const yaml = clusterYaml(1, 0, `${addons}timeouts: { addons: 6m }\n`);
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run({
      around: async ({ args }, happen) => {
        if (args[0] === 'upgrade' && args[1] === 'hcloud-csi') {
          await administer(rehearsal, { method: 'POST', path: policies, body: strict });
        }
        return happen();
      },
    });
    const cluster = await created(run);
    expect(cluster.nodes).toHaveLength(1);
    // hcloud-csi-driver v2.22, cmd/main.go and internal/app/app.go.
    const reason = expect.stringMatching(
      /^pod hcloud-csi-node-\w+: CrashLoopBackOff: back-off .*; its last words: time=.* level=ERROR msg="failed to setup CSI driver" error=.*failed to get location from metadata service: .*$/,
    ) as string;
    expect(cluster.failedAddons).toEqual([{ name: 'hcloud-csi', reason }]);
    expect(unmet(run)).toHaveLength(1);
    expect(renderCreated({ ...cluster, founded: true }, { columns: 500 } as never)).toMatch(
      /is ready: 1 node[^]*hcloud-csi.*CrashLoopBackOff/,
    );

    // It does not go away by itself: the same command tells it again, and changes nothing.
    const again = rehearsal.run();
    expect(await created(again)).toMatchObject({ changed: false, failedAddons: [{ reason }] });
    await administer(rehearsal, { method: 'DELETE', path: `${policies}/strict` });
    const repair = rehearsal.run();
    expect(await applied(repair)).toMatchObject({ applied: ['hcloud-csi'] });
    expect(changesOf(repair)).toEqual([
      'update hcloud-csi: applied again: daemonset/hcloud-csi-node: 0 of 1 ready',
    ]);
    expect(await created(rehearsal.run())).toMatchObject({ changed: false, failedAddons: [] });
    expect((await status(rehearsal.run().ctx)).status).toMatchObject({ healthy: true });
  });
});

describe('an optional addon that takes long', () => {
  const slow = metrics({ values: { nodeSelector: { disk: 'fast' } } });
  const fact = 'deployment/metrics-server: 0 of 1 ready';

  test('is waited for, with what is known of it, and is no failure', async () => {
    const rehearsal = await rehearseCluster(metrics());
    const began = rehearsal.clock.now();
    let isLabelled = false;
    const run = rehearsal.run({
      yaml: slow,
      around: async (_call, happen) => {
        if (!isLabelled && rehearsal.clock.now() - began > 3 * 60_000) {
          isLabelled = true;
          await patch(rehearsal, '/api/v1/nodes/demo-web-1', {
            metadata: { labels: { disk: 'fast' } },
          });
        }
        return happen();
      },
    });
    expect(await created(run)).toMatchObject({ changed: true, failedAddons: [] });
    expect(details(run)).toContain(fact);
    expect([unmet(run), run.errors]).toEqual([[], []]);
    expect(await stateOf(rehearsal.run({ yaml: slow }))).toMatchObject({ state: 'works' });
  });

  test('for longer than it may is a warning with the reason, and the rest is finished', async () => {
    const rehearsal = await rehearseCluster(metrics());
    const run = rehearsal.run({ yaml: `${slow}timeouts: { addons: 2m }\n` });
    const { failedAddons } = await created(run);
    const reason = expect.stringMatching(
      /^pod metrics-server-\S+: Unschedulable: 0\/2 nodes are available/,
    ) as string;
    expect(failedAddons).toEqual([{ name: 'metrics-server', reason }]);
    expect([details(run).at(-1), unmet(run).length]).toEqual([fact, 1]);
    // The file is mended: the next run has the addon, and the pod that waits for ever is gone.
    expect(await created(rehearsal.run())).toMatchObject({ changed: true, failedAddons: [] });
    expect(await stateOf(rehearsal.run())).toMatchObject({ state: 'works', asWanted: true });
  });
});

describe('an addon whose objects somebody edited', () => {
  /** What the cluster has of it. */
  const found = (rehearsal: Rehearsal) =>
    administer(rehearsal, { method: 'GET', path: deployment });
  const body = (image: string) => ({
    spec: { template: { spec: { containers: [{ name: 'metrics-server', image }] } } },
  });

  test.each([
    [
      'was told to have no pods',
      (rehearsal: Rehearsal) => patch(rehearsal, deployment, { spec: { replicas: 0 } }),
      'deployment/metrics-server is to have no pods',
    ],
    [
      'was deleted',
      (rehearsal: Rehearsal) => administer(rehearsal, { method: 'DELETE', path: deployment }),
      'deployment/metrics-server is not there yet',
    ],
  ])('so that it %s does not work, and is set back', async (_what, edit, why) => {
    const rehearsal = await rehearseCluster(metrics());
    await edit(rehearsal);
    await rehearsal.clock.sleep(60_000);
    // Its release is as it was, so helm has nothing to say.
    expect(await stateOf(rehearsal.run())).toMatchObject({
      ...{ state: 'not-working', asWanted: true, why },
    });
    expect(await created(rehearsal.run())).toMatchObject({
      ...{ changed: false, failedAddons: [{ name: 'metrics-server', reason: why }] },
    });
    const run = rehearsal.run();
    expect(await applied(run)).toMatchObject({ applied: ['metrics-server'] });
    expect(changesOf(run)).toEqual([`update metrics-server: applied again: ${why}`]);
    expect(await found(rehearsal)).toMatchObject({ spec: { replicas: 1 } });
    expect(await stateOf(rehearsal.run())).toMatchObject({ state: 'works', why: null });
  });

  test('and that works all the same is left alone until it is named', async () => {
    const rehearsal = await rehearseCluster(metrics());
    const before = await found(rehearsal);
    await patch(
      rehearsal,
      deployment,
      body('registry.k8s.io/metrics-server/metrics-server:v0.7.2'),
    );
    await rehearsal.clock.sleep(60_000);
    expect(await stateOf(rehearsal.run())).toMatchObject({ state: 'works' });
    expect(await applied(rehearsal.run())).toMatchObject({ applied: [] });
    const run = rehearsal.run();
    expect(await applied(run, 'metrics_server')).toMatchObject({ applied: ['metrics-server'] });
    expect(changesOf(run)).toEqual(['update metrics-server: applied again: it was named']);
    const { template } = before['spec'] as { template: object };
    expect(await found(rehearsal)).toMatchObject({ spec: { template } });
  });
});

describe('another version of an addon in cluster.yaml', () => {
  test('is a line of the plan, changes its release alone, and is there the second time', async () => {
    const rehearsal = await rehearseCluster(metrics());
    const yaml = metrics({ version: '3.13.0' });
    const run = rehearsal.run({ yaml });
    const writes = await writesOf(rehearsal, run, () => created(run));
    expect(writes.join('\n')).toContain('helm upgrade metrics-server');
    expect(changesOf(run)).toEqual(['update metrics-server: 3.13.1 → 3.13.0']);
    expect(releasesOf(run)).toEqual(['metrics-server']);
    const again = rehearsal.run({ yaml });
    expect(await writesOf(rehearsal, again, () => created(again))).toEqual([]);
    expect(again.plans[0]?.changes).toEqual([]);
    // The way back is the same, by the other command.
    const back = rehearsal.run();
    expect(await applied(back)).toMatchObject({ applied: ['metrics-server'] });
    expect(changesOf(back)).toEqual(['update metrics-server: 3.13.0 → 3.13.1']);
    const settled = rehearsal.run();
    expect(await writesOf(rehearsal, settled, () => applied(settled))).toEqual([]);
  });
});
