import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { InterruptedError } from '../../src/lib/errors.js';
import type { Invocation } from '../../src/tools/exec.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { reach } from '../helpers/kube-access.js';
import { readRelease, writeRelease } from '../helpers/helm-double.js';
import { projectOf } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
  type RunOptions,
} from '../helpers/rehearsal.js';
import { failed } from '../helpers/tool-doubles.js';

const yaml = clusterYaml(1, 2);

const says = ({ tool, args }: Invocation, text: string) =>
  `${tool} ${args.join(' ')}`.includes(text);

const unreachable = failed(
  'rpc error: code = Unavailable desc = connection error: connection refused\n',
);

/** How often this call of a tool was made in all these runs. */
const times = (runs: readonly Run[], text: string) =>
  runs.flatMap(({ calls }) => calls).filter((call) => says(call, text)).length;

/** What a converged run has made, whatever happened before it. */
async function expectWholeCluster(rehearsal: Rehearsal, run: Run): Promise<void> {
  const { servers, networks, firewalls, ssh_keys: keys } = projectOf(rehearsal).snapshot();
  const names = (items: typeof servers) => items?.map(({ name }) => name).sort();
  expect(names(servers)).toEqual(['demo-cp-1', 'demo-web-1', 'demo-web-2']);
  expect([names(networks), names(firewalls), names(keys)]).toEqual([['demo'], ['demo'], ['demo']]);
  expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  const { stdout } = await run.ctx.run({
    tool: 'kubectl',
    args: ['--kubeconfig', run.ctx.files.kubeconfig, 'get', 'nodes'],
    timeoutMs: 1_000,
  });
  expect(parseNodes(stdout).map(({ ready }) => ready)).toEqual([true, true, true]);
}

/** Interrupts a run at the first call of a tool that contains this text. */
function interruptedAt(rehearsal: Rehearsal, text: string): Run {
  const interrupt = new AbortController();
  return rehearsal.run({
    signal: interrupt.signal,
    intercept: (call) => {
      if (says(call, text)) interrupt.abort(new InterruptedError());
      return undefined;
    },
  });
}

describe('a create that is interrupted', () => {
  test.each([
    ['while it makes the secrets', 'gen secrets'],
    ['while it makes the machine configurations', 'gen config'],
    ['while it checks them', 'validate'],
    ['while the nodes boot', 'version --short --talosconfig'],
    ['at the bootstrap', ' bootstrap'],
    ['while it writes the kubeconfig', ' kubeconfig'],
    ['while Kubernetes starts', '/readyz'],
    ['while it installs the Gateway API', 'kubectl --kubeconfig'],
    ['while it installs Cilium', 'helm upgrade'],
    ['while Cilium starts', 'daemonset/cilium'],
  ])('%s is finished by the same command', async (_when, text) => {
    const rehearsal = await rehearse(yaml);
    const first = interruptedAt(rehearsal, text);
    await expect(create(first.ctx)).rejects.toBeInstanceOf(InterruptedError);
    expect(times([first], text)).toBeGreaterThan(0);
    const second = rehearsal.run();
    await create(second.ctx);
    await expectWholeCluster(rehearsal, second);
  });

  test('after each of its writes is finished by the same command', async () => {
    const counted = await rehearseCluster(yaml);
    // After the last one, which gives the cluster's lease back, nothing is left to interrupt.
    const writes = counted.faults.writes.length - 1;
    for (let n = 1; n <= writes; n++) {
      const rehearsal = await rehearse(yaml);
      const interrupt = new AbortController();
      const first = rehearsal.run({ signal: interrupt.signal });
      const record = rehearsal.faults.record.bind(rehearsal.faults);
      rehearsal.faults.record = (request) => {
        record(request);
        if (rehearsal.faults.writes.length === n) interrupt.abort(new InterruptedError());
      };
      await expect(create(first.ctx), `write ${n}`).rejects.toBeInstanceOf(InterruptedError);
      const second = rehearsal.run();
      await create(second.ctx);
      await expectWholeCluster(rehearsal, second);
    }
  });
});

describe('a create whose answers get lost', () => {
  test('never sends a write again that had its effect', async () => {
    const counted = await rehearseCluster(yaml);
    const writes = counted.faults.writes.length;
    for (let n = 1; n <= writes; n++) {
      const rehearsal = await rehearse(yaml);
      rehearsal.faults.add({ write: n, fault: { kind: 'reset', when: 'after' } });
      const run = rehearsal.run();
      await create(run.ctx);
      await expectWholeCluster(rehearsal, run);
    }
  });

  test('sends a write again that never arrived', async () => {
    const counted = await rehearseCluster(yaml);
    const writes = counted.faults.writes.length;
    for (let n = 1; n <= writes; n++) {
      const rehearsal = await rehearse(yaml);
      rehearsal.faults.add({ write: n, fault: { kind: 'reset', when: 'before' } });
      const run = rehearsal.run();
      await create(run.ctx);
      await expectWholeCluster(rehearsal, run);
    }
  });
});

describe('the bootstrap', () => {
  test('is done once in the life of a cluster, however often create runs', async () => {
    const rehearsal = await rehearse(yaml);
    const runs = [rehearsal.run(), rehearsal.run(), rehearsal.run()];
    for (const run of runs) await create(run.ctx);
    expect(times(runs.slice(1), ' bootstrap')).toBe(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });

  test('is not done twice when its answer is lost', async () => {
    const rehearsal = await rehearse(yaml);
    rehearsal.world.talos.setFault({ kind: 'answer-lost', method: 'Bootstrap' });
    const run = rehearsal.run();
    await create(run.ctx);
    await expectWholeCluster(rehearsal, run);
  });

  test('is not done by a second run when the first ended before its answer', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 0));
    rehearsal.world.talos.setFault({ kind: 'answer-lost', method: 'Bootstrap' });
    const interrupt = new AbortController();
    const first = rehearsal.run({
      signal: interrupt.signal,
      intercept: (call) => {
        const isAsked = rehearsal.world.talos
          .nodes()
          .some(({ state }) => state.etcdService?.bootstraps === true);
        if (isAsked) interrupt.abort(new InterruptedError());
        return says(call, ' bootstrap') && isAsked ? failed('') : undefined;
      },
    });
    await expect(create(first.ctx)).rejects.toBeInstanceOf(InterruptedError);
    const second = rehearsal.run();
    await create(second.ctx);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
    expect(times([second], ' bootstrap')).toBeLessThanOrEqual(1);
  });

  test('is settled by one control plane that lists the members, whatever the others do', async () => {
    const rehearsal = await rehearseCluster(clusterYaml(3, 1));
    const project = projectOf(rehearsal);
    const servers = project.list('servers');
    const worker = servers.find(({ name }) => name === 'demo-web-1');
    project.call('DELETE', `/servers/${worker?.id ?? 0}`);
    await rehearsal.clock.sleep(60_000);
    let listed = 0;
    const run = rehearsal.run({
      intercept: (call) => {
        if (!says(call, 'talosctl etcd')) return undefined;
        // All that is asked of etcd before the worker is ordered is answered by one node only.
        if (listed === 0 && says(call, 'etcd members')) listed++;
        return listed === 1 || says(call, 'etcd members') ? undefined : unreachable;
      },
    });
    await create(run.ctx);
    expect(listed).toBe(1);
    expect(times([run], ' bootstrap')).toBe(0);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });

  test('is not done, nor is anything ordered, while older control planes cannot be asked', async () => {
    const rehearsal = await rehearseCluster(clusterYaml(3, 0));
    const project = projectOf(rehearsal);
    const first = project.list('servers').find(({ name }) => name === 'demo-cp-1');
    project.call('DELETE', `/servers/${first?.id ?? 0}`);
    await rehearsal.clock.sleep(60_000);
    const run = rehearsal.run({
      intercept: (call) =>
        call.tool === 'talosctl' && /^(etcd|list|service)$/.test(call.args[0] ?? '')
          ? unreachable
          : undefined,
    });
    await expect(create(run.ctx)).rejects.toThrow('etcd on demo-cp-2 and demo-cp-3');
    expect(times([run], ' bootstrap')).toBe(0);
    expect(project.list('servers')).toHaveLength(2);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
  });
});

describe('the installation of Cilium', () => {
  /** A cluster whose release of Cilium is in a state that only helm leaves, for some minutes. */
  async function leftPending(status: string, minutes: number) {
    const rehearsal = await rehearse(yaml);
    const interrupt = new AbortController();
    const first = rehearsal.run({
      signal: interrupt.signal,
      intercept: (call) => {
        if (says(call, 'daemonset/cilium')) interrupt.abort(new InterruptedError());
        return undefined;
      },
    });
    await expect(create(first.ctx)).rejects.toBeInstanceOf(InterruptedError);
    const began = new Date(Date.now() - minutes * 60_000).toISOString();
    const change = await releaseOf(rehearsal, first);
    change({ status, began });
    return { rehearsal, change };
  }

  /** Another helm that comes to its end while it is waited for. */
  function endingSoon(change: (release: { status: string }) => void): RunOptions {
    let looks = 0;
    return {
      intercept: (call) => {
        if (says(call, 'helm status') && ++looks === 6) change({ status: 'deployed' });
        return undefined;
      },
    };
  }

  const details = ({ events }: Run): string[] =>
    events.flatMap((event) => (event.type === 'step-detail' ? [event.text] : []));

  const rollingBack = (status: string) => ({
    type: 'note',
    message: `an earlier run was interrupted (helm release ${status}): rolling back first`,
  });

  test('frees a release that an interrupted helm left pending', async () => {
    const { rehearsal } = await leftPending('pending-install', 2);
    const second = rehearsal.run();
    await create(second.ctx);
    expect(details(second).filter((text) => text.startsWith('another helm'))).toEqual([]);
    expect(times([second], 'helm uninstall')).toBe(1);
    expect(second.events).toContainEqual({
      type: 'note',
      message: 'an earlier run was interrupted (helm release pending-install): installing afresh',
    });
    await expectWholeCluster(rehearsal, second);
  });

  test('lets a helm finish that outlived the oxide that began it', async () => {
    const { rehearsal, change } = await leftPending('pending-install', 0);
    const second = rehearsal.run(endingSoon(change));
    await create(second.ctx);
    expect(details(second)).toContain(
      'another helm may be at work on it (helm release pending-install)',
    );
    expect(times([second], 'helm uninstall')).toBe(0);
    await expectWholeCluster(rehearsal, second);
  });

  test.each(['pending-upgrade', 'pending-rollback'])(
    'rolls a release back that is %s for longer than helm takes',
    async (status) => {
      const { rehearsal } = await leftPending(status, 6);
      const second = rehearsal.run();
      await create(second.ctx);
      expect(times([second], 'helm rollback')).toBe(1);
      expect(second.events).toContainEqual(rollingBack(status));
      expect(details(second).filter((text) => text.startsWith('another helm'))).toEqual([]);
      await expectWholeCluster(rehearsal, second);
    },
  );

  test('takes back what somebody else has set, and says whose it was', async () => {
    const rehearsal = await rehearse(yaml);
    const first = rehearsal.run();
    await create(first.ctx);
    const { request, change } = await administratorOf(rehearsal, first);
    const path = '/apis/apps/v1/namespaces/kube-system/deployments/cilium-operator';
    const patch = { spec: { replicas: 3 } };
    const query = 'fieldManager=kubectl-patch';
    request('PATCH', `${path}?${query}`, patch, 'application/merge-patch+json');
    change({ status: 'failed' });
    const second = rehearsal.run();
    await create(second.ctx);
    expect(times([second], '--force-conflicts')).toBe(1);
    expect(second.events).toContainEqual({
      type: 'warning',
      message: expect.stringMatching(
        /^kubectl-patch had changed what the helm release cilium sets.+conflict with "kubectl-patch" using apps\/v1: \.spec\.replicas$/,
      ) as string,
    });
    const third = rehearsal.run();
    await create(third.ctx);
    expect(times([third], 'helm upgrade')).toBe(0);
    await expectWholeCluster(rehearsal, third);
  });

  test('waits until the namespaces of an earlier one are gone', async () => {
    const { rehearsal } = await leftPending('pending-install', 2);
    let looks = 0;
    const metadata = {
      ...{ name: 'cilium-secrets', deletionTimestamp: '2026-11-28T18:00:00Z' },
      annotations: {
        'meta.helm.sh/release-name': 'cilium',
        'meta.helm.sh/release-namespace': 'kube-system',
      },
    };
    const second = rehearsal.run({
      intercept: (call) => {
        if (!says(call, 'get namespaces') || ++looks > 3) return undefined;
        return { exitCode: 0, stdout: JSON.stringify({ items: [{ metadata }] }), stderr: '' };
      },
    });
    await create(second.ctx);
    expect(looks).toBe(4);
    expect(details(second)).toContain('still being deleted: cilium-secrets');
    await expectWholeCluster(rehearsal, second);
  });

  test("waits for a colleague's upgrade instead of rolling it back", async () => {
    const { rehearsal, change } = await leftPending('pending-upgrade', 1);
    const second = rehearsal.run(endingSoon(change));
    await create(second.ctx);
    expect(details(second)).toContain(
      'another helm may be at work on it (helm release pending-upgrade)',
    );
    expect(times([second], 'helm rollback')).toBe(0);
    await expectWholeCluster(rehearsal, second);
  });

  test('rolls back after all when the other helm does not come to an end', async () => {
    const { rehearsal } = await leftPending('pending-upgrade', 1);
    const second = rehearsal.run();
    await create(second.ctx);
    expect(details(second)).toContain(
      'another helm may be at work on it (helm release pending-upgrade)',
    );
    expect(times([second], 'helm rollback')).toBe(1);
    expect(second.events).toContainEqual(rollingBack('pending-upgrade'));
    await expectWholeCluster(rehearsal, second);
  });
});

/** Leads to the record of helm's release, to change it as another helm or a killed one would. */
async function releaseOf(rehearsal: Rehearsal, run: Run) {
  return (await administratorOf(rehearsal, run)).change;
}

async function administratorOf({ world, clock }: Rehearsal, { ctx }: Run) {
  const { signal } = new AbortController();
  const talosVersion = ctx.config.talos.version;
  const request = await reach({ world, clock, signal, talosVersion }, [
    '--kubeconfig',
    ctx.files.kubeconfig,
  ]);
  if (typeof request !== 'function') throw new Error(request.stderr);
  const change = (changes: { readonly status: string; readonly began?: string }): void => {
    const release = readRelease(request);
    if (!release) throw new Error('there is no release');
    writeRelease(request, { ...release, ...changes });
  };
  return { request, change };
}
