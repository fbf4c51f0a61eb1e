import { expect, test } from 'vitest';
import type { AddonState } from '../../src/cluster/status/addon-states.js';
import { spellingOf } from '../../src/cli/own-command.js';
import { spell } from '../../src/lib/commands.js';
import { renderAddons, renderAppliedAddons, renderRemovedAddon } from '../../src/ui/addons.js';

const looks = { color: false, columns: 100 };
const spelled = (text: string): string =>
  spell(text, spellingOf({ config: 'cluster.yaml', output: 'output' }));
const works: AddonState = {
  ...{ name: 'cilium', wanted: '1.20.4', installed: '1.20.4' },
  ...{ kind: 'addon' as const, state: 'works', asWanted: true, why: null },
};
const csi = { ...works, name: 'hcloud-csi', wanted: '2.22.1', installed: '2.22.1' };

test('addons are a table, and below it what is wrong and what to do', () => {
  const addons: readonly AddonState[] = [
    works,
    { ...csi, state: 'not-working', why: 'pod hcloud-csi-controller-0: CrashLoopBackOff' },
    { ...works, name: 'hcloud-ccm', wanted: '1.35.0', installed: '1.34.0', asWanted: false },
    { ...works, name: 'cert-manager', installed: null, state: 'not-installed', asWanted: false },
    { ...works, name: 'traefik', wanted: null, state: 'surplus', asWanted: false },
  ];
  expect(`\n${spelled(renderAddons({ addons, off: ['argocd'] }, looks))}`).toBe(`
NAME          INSTALLED  WANTED  STATE
cilium        1.20.4     1.20.4  works
hcloud-csi    2.22.1     2.22.1  not working
hcloud-ccm    1.34.0     1.35.0  works, other version
cert-manager  -          1.20.4  not installed
traefik       1.20.4     -       not in cluster.yaml

⚠ hcloud-csi: pod hcloud-csi-controller-0: CrashLoopBackOff

oxide addons apply brings them to what cluster.yaml wants.
oxide addons remove traefik takes out what it does not ask for.
Switched off: argocd.
`);
});

test('an application says what was done, and that there was nothing to do', () => {
  const addons = [{ ...csi, asWanted: false }];
  const text = spelled(renderAppliedAddons({ addons, off: [], applied: ['hcloud-csi'] }, looks));
  expect(text).toMatch(/^\nApplied: hcloud-csi\.\n\nNAME/);
  expect(text).toContain('works, other values');
  const none = renderAppliedAddons({ addons: [works], off: [], applied: [] }, looks);
  expect(none).toContain('Nothing to do: all addons are as cluster.yaml wants them.');
});

test('a removal says what is left', () => {
  const volume = {
    kind: 'volume' as const,
    name: 'pvc-1',
    detail: '10 GB in nbg1, id 7',
    why: 'stays',
  };
  const gone = { name: 'hcloud-csi', removed: true, left: [volume], notes: ['Volumes stay.'] };
  expect(renderRemovedAddon(gone, looks)).toMatch(
    /^hcloud-csi is gone\.\n\nStill there:\n.*pvc-1.*\n[^]*Volumes stay\.\n$/,
  );
  const absent = { name: 'argocd', removed: false, left: [], notes: [] };
  expect(renderRemovedAddon(absent, looks)).toBe('Nothing to do: argocd is not installed.\n');
});
