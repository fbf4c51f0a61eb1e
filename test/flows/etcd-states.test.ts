import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { InterruptedError, OxideError, TimeoutError } from '../../src/lib/errors.js';
import type { TalosFault } from '../../src/sandbox/talos/faults.js';
import { projectOf } from '../helpers/project.js';
import { failed } from '../helpers/tool-doubles.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
} from '../helpers/rehearsal.js';

const minutes = 60_000;

const bootstraps = (...runs: readonly Run[]) =>
  runs
    .flatMap(({ calls }) => calls)
    .filter(({ tool, args }) => tool === 'talosctl' && args[0] === 'bootstrap').length;

/** What etcd of the first control plane shows now. */
function stateOf({ world }: Rehearsal): string | undefined {
  world.settle();
  const node = world.talos.nodes().find(({ machine }) => machine.name === 'demo-cp-1');
  return node?.state.etcdService?.events.at(-1)?.state;
}

const imageMissing = (times: number): TalosFault => ({
  kind: 'etcd-image-missing',
  machine: 'demo-cp-1',
  times,
});

/** A cluster whose nodes boot, and whose create was stopped before it bootstrapped etcd. */
async function unbootstrapped(controlPlanes = 1): Promise<Rehearsal> {
  const rehearsal = await rehearse(clusterYaml(controlPlanes, 0));
  const interrupt = new AbortController();
  const run = rehearsal.run({
    signal: interrupt.signal,
    intercept: ({ args }) => {
      if (args[0] !== 'bootstrap') return undefined;
      interrupt.abort(new InterruptedError());
      return failed('');
    },
  });
  await expect(create(run.ctx)).rejects.toBeInstanceOf(InterruptedError);
  return rehearsal;
}

/** A whole cluster that lacks a worker, so that create has something to do. */
async function withoutWorker(controlPlanes = 1): Promise<Rehearsal> {
  const rehearsal = await rehearseCluster(
    `${clusterYaml(controlPlanes, 1)}timeouts: { kubernetes: 2m, etcd: 2m }\n`,
  );
  const project = projectOf(rehearsal);
  const worker = project.list('servers').find(({ name }) => name === 'demo-web-1');
  project.call('DELETE', `/servers/${worker?.id ?? 0}`);
  await rehearsal.clock.sleep(minutes);
  return rehearsal;
}

function reboot({ world }: Rehearsal, name = 'demo-cp-1'): void {
  const node = world.talos.nodes().find(({ machine }) => machine.name === name);
  if (!node) throw new Error(`there is no ${name}`);
  world.talos.reboot(node.state, world.settle());
}

describe('an etcd that never ran is bootstrapped by the next create', () => {
  test.each([
    ['Waiting', 0, 'that has just booted', reboot],
    ['Preparing', 5, 'that waits', () => undefined],
    ['Failed', 40, 'that gave up after thirty minutes', () => undefined],
    ['Preparing', 80, 'whose node was rebooted because nobody came', () => undefined],
    [
      'Failed',
      5,
      'whose image could not be pulled',
      (rehearsal: Rehearsal) => {
        rehearsal.world.talos.setFault(imageMissing(1));
        reboot(rehearsal);
      },
    ],
  ] as const)('%s for %i minutes: one %s', async (state, wait, _what, prepare) => {
    const rehearsal = await unbootstrapped();
    prepare(rehearsal);
    await rehearsal.clock.sleep(wait === 0 ? 46_000 : wait * minutes);
    expect(stateOf(rehearsal)).toBe(state);
    const run = rehearsal.run();
    await create(run.ctx);
    expect(bootstraps(run)).toBeGreaterThan(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
    const again = rehearsal.run();
    await create(again.ctx);
    expect(bootstraps(again)).toBe(0);
  });

  test('on three control planes, all Failed, makes one cluster', async () => {
    const rehearsal = await unbootstrapped(3);
    await rehearsal.clock.sleep(40 * minutes);
    expect(stateOf(rehearsal)).toBe('Failed');
    const run = rehearsal.run();
    await create(run.ctx);
    const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    expect(notes.filter((text) => text.includes('etcd')).sort()).toEqual([
      'etcd had given up waiting on demo-cp-2: rebooting it',
      'etcd had given up waiting on demo-cp-3: rebooting it',
    ]);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
    const again = rehearsal.run();
    await create(again.ctx);
    expect(bootstraps(again)).toBe(0);
    expect(again.calls.filter(({ args }) => args[0] === 'reboot')).toEqual([]);
  });

  test('after a bootstrap that could not get its image, with what Talos says of it', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 0));
    rehearsal.world.talos.setFault(imageMissing(2));
    const run = rehearsal.run();
    const error = await create(run.ctx).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OxideError);
    expect((error as OxideError).message).toMatch(
      /^etcd did not start on demo-cp-1\. Talos says: Failed to run pre stage: failed to pull image "registry\.k8s\.io\/etcd:.*: not found$/,
    );
    expect((error as OxideError).hint).toContain('the same command goes on from here');
    expect(bootstraps(run)).toBeGreaterThan(0);
    const next = rehearsal.run();
    await create(next.ctx);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });
});

describe('an etcd with data is never bootstrapped again', () => {
  test.each([
    ['Running', 'that runs', () => undefined, 0],
    ['Waiting', 'whose node has just booted', reboot, 46_000],
    [
      'Failed',
      'whose image can no longer be pulled',
      (rehearsal: Rehearsal) => {
        rehearsal.world.talos.setFault(imageMissing(1));
        reboot(rehearsal);
      },
      5 * minutes,
    ],
    [
      'Waiting',
      'that crashes again and again',
      ({ world }: Rehearsal) => {
        world.talos.setFault({ kind: 'etcd-crash', machine: 'demo-cp-1', times: 10_000 });
      },
      1_000,
    ],
  ] as const)('%s: one %s', async (state, _what, prepare, wait) => {
    const rehearsal = await withoutWorker();
    prepare(rehearsal);
    await rehearsal.clock.sleep(wait);
    expect(stateOf(rehearsal)).toBe(state);
    const run = rehearsal.run();
    await create(run.ctx).catch((error: unknown) => {
      // Kubernetes cannot be reached without etcd: that is said, and nothing else is done.
      if (!(error instanceof TimeoutError)) throw error;
    });
    expect(bootstraps(run)).toBe(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });

  test('without quorum', async () => {
    const rehearsal = await withoutWorker(3);
    const project = projectOf(rehearsal);
    for (const name of ['demo-cp-2', 'demo-cp-3']) {
      const server = project.list('servers').find((one) => one.name === name);
      project.call('POST', `/servers/${server?.id ?? 0}/actions/poweroff`, {});
    }
    await rehearsal.clock.sleep(minutes);
    const run = rehearsal.run();
    await create(run.ctx).catch((error: unknown) => {
      if (!(error instanceof OxideError)) throw error;
    });
    expect(bootstraps(run)).toBe(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });

  test('that left the cluster is not asked for one, nor taken for empty', async () => {
    const rehearsal = await withoutWorker(3);
    const { ctx } = rehearsal.run();
    const node = rehearsal.world.talos.nodes().find(({ machine }) => machine.name === 'demo-cp-1');
    const address = node?.machine.publicIpv4 ?? '';
    await ctx.run({
      tool: 'talosctl',
      args: [
        ...['etcd', 'leave', '--talosconfig', ctx.files.talosconfig],
        ...['--endpoints', address, '--nodes', address],
      ],
      timeoutMs: 1_000,
    });
    expect(stateOf(rehearsal)).toBe('Finished');
    const run = rehearsal.run();
    await create(run.ctx).catch((error: unknown) => {
      if (!(error instanceof OxideError)) throw error;
    });
    expect(bootstraps(run)).toBe(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });
});
