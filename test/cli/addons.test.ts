import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli } from '../helpers/cli.js';
import { preparedFolder, snapshotYaml } from '../helpers/prepared-folder.js';

const supported = process.platform === 'linux' && process.arch === 'x64';
const section = `addons:
  hcloud_ccm: { enabled: true }
  hcloud_csi: { enabled: false }
  talos_ccm: { enabled: false }
  metrics_server: { enabled: false }
  traefik: { enabled: true }
`;

async function run(cwd: string, ...args: readonly string[]) {
  const { code, stdout } = await runCli(['--sandbox', '--json', ...args], { cwd });
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
}

const states = (document: Record<string, unknown>) =>
  Object.fromEntries(
    (document['addons'] as { name: string; state: string }[]).map(({ name, state }) => [
      name,
      state,
    ]),
  );

test.runIf(supported)(
  'the life of addons with the real kubectl and helm: made, changed, not asked for any more, removed',
  { timeout: 240_000 },
  async () => {
    const cwd = await preparedFolder(snapshotYaml(1, 0, section));
    const file = join(cwd, 'cluster.yaml');
    const edit = (from: string | RegExp, to: string): void => {
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    };
    expect(await run(cwd, 'create')).toMatchObject({
      ...{ code: ExitCode.done, document: { failedAddons: [], differences: [] } },
    });
    edit('traefik: {', 'traefik: { values: { deployment: { replicas: 2 } },');
    const applied = await run(cwd, 'addons', 'apply');
    expect(applied).toMatchObject({ code: ExitCode.done, document: { applied: ['traefik'] } });
    expect(states(applied.document)).toEqual({
      ...{ 'gateway-api': 'works', cilium: 'works', 'hcloud-ccm': 'works', traefik: 'works' },
    });
    edit(/ {2}traefik: .*\n/, '');
    const { document: status } = await run(cwd, 'status');
    expect(JSON.stringify(status['problems'])).toContain('addon-surplus');
    expect(states(status)).toMatchObject({ 'hcloud-ccm': 'works', traefik: 'surplus' });
    expect(await run(cwd, 'addons', 'remove', 'traefik', '--yes')).toMatchObject({
      ...{ code: ExitCode.done, document: { removed: true, left: [] } },
    });
    const listed = await run(cwd, 'addons');
    expect(listed).toMatchObject({ code: ExitCode.done });
    expect(states(listed.document)).not.toHaveProperty('traefik');
  },
);
