import { describe, expect, test } from 'vitest';
import type { InstalledAddon } from '../../../src/cluster/kubernetes/installed.js';
import { uninstallAddon } from '../../../src/steps/addons/removal.js';
import { ClusterFiles, type FlowContext } from '../../../src/steps/run/context.js';
import type { StepIo } from '../../../src/lib/step.js';
import { clusterOf } from '../../cluster/fixtures.js';

const installed = (...names: readonly string[]): readonly InstalledAddon[] =>
  names.map((name) => ({
    ...{ name, wanted: '1.0.0', version: '1.0.0', status: 'deployed', same: true },
  }));

/** What is called until the run ends, or is stopped after so many calls. */
async function callsOf(name: string, others: readonly InstalledAddon[], most = 9) {
  const calls: string[] = [];
  const ctx = {
    config: clusterOf(1, 1),
    files: new ClusterFiles('out'),
    run: ({ tool, args }: { tool: string; args: readonly string[] }) => {
      if (calls.length === most) return Promise.reject(new Error('stopped'));
      const word = args.find((arg) => ['uninstall', 'delete'].includes(arg)) ?? '';
      calls.push(`${tool} ${word}`);
      return Promise.resolve({ stdout: '', stderr: '' });
    },
  } as unknown as FlowContext;
  const io = { summary: () => undefined } as unknown as StepIo;
  await uninstallAddon(ctx, { name, others }, io).catch(() => undefined);
  return calls;
}

describe('the removal of an addon', () => {
  const both = installed('hcloud-ccm', 'hcloud-csi');

  test('takes the token out with the last that needs it', async () => {
    expect(await callsOf('hcloud-csi', both)).toEqual(['helm uninstall']);
    const last = await callsOf('hcloud-ccm', installed('hcloud-ccm', 'traefik'));
    expect([...last].sort()).toEqual(['helm uninstall', 'kubectl delete']);
  });

  test('that was stopped leaves no token without an addon to ask for again', async () => {
    expect(await callsOf('hcloud-ccm', installed('hcloud-ccm'), 1)).toEqual(['kubectl delete']);
  });
});
