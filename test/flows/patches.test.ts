import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { ExitCode, UsageError } from '../../src/lib/errors.js';
import { checkOffline } from '../../src/steps/talos/offline-check.js';
import type { Invocation } from '../../src/tools/exec.js';
import { openRehearsal } from '../helpers/open-rehearsal.js';
import { refusedPatches, type RefusedPatch } from '../helpers/refused-patches.js';
import { clusterYaml, rehearse, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';
import { failed, type Ending } from '../helpers/tool-doubles.js';

const yaml = clusterYaml(1, 1);

/** cluster.yaml with these patches for a role; they begin in line 8 of it. */
function withPatches(key: string, ...patches: readonly string[]): string {
  const list = patches.map((patch) => `    - |\n${patch.replace(/^(?=.)/gm, '        ')}`);
  return `${yaml}talos:\n  ${key}:\n${list.join('')}`;
}

const keyOf = ({ role }: RefusedPatch): string =>
  role === 'worker' ? 'worker_patches' : 'control_plane_patches';

/**
 * A talosctl that says about the patch what the real one says, whether it stands alone or among
 * others, and takes all else.
 */
function refusing({ patch, said }: RefusedPatch, version: string) {
  const refused = new Set<string>();
  const { call, stderr } = said[version] ?? { call: '', stderr: '' };
  return ({ args }: Invocation): Ending | undefined => {
    const output = args[args.indexOf(args[0] === 'validate' ? '--config' : '--output') + 1] ?? '';
    if (args[0] === 'validate') return refused.has(output) ? failed(stderr) : undefined;
    if (args[1] !== 'config') return undefined;
    const given = args.filter((one) => one.startsWith('@')).map((one) => one.slice(1));
    if (!given.some((file) => readFileSync(file, 'utf8').includes(patch))) return undefined;
    if (call === 'gen config') return failed(stderr);
    refused.add(output);
    return undefined;
  };
}

async function refusal(work: Promise<unknown>): Promise<UsageError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof UsageError) return error;
  throw error;
}

describe('a patch that Talos refuses ends with 2 before anything is made', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal(yaml);
    return () => rehearsal.close();
  });

  const versions = ['v1.13.9', 'v1.12.11', 'v1.14.0-rc.1'];
  const cases = refusedPatches.map((one, i) => [one.what, one, versions[i % 3] ?? ''] as const);

  test.each(cases)('%s', async (_, refused, version) => {
    const good = 'machine:\n  sysctls:\n    vm.max_map_count: "262144"\n';
    const key = keyOf(refused);
    const text = withPatches(key, good, refused.patch);
    // The sandbox has a snapshot of one version only; what is refused is refused before it counts.
    const run = rehearsal.run({ yaml: text, dryRun: true, intercept: refusing(refused, version) });
    const { message, hint, exitCode } = await refusal(create(run.ctx));
    const line = text.split('\n').length - refused.patch.split('\n').length;
    expect(message).toMatch(
      new RegExp(`^cluster\\.yaml:${line}:7 talos\\.${key}\\.1: Talos refuses it:`),
    );
    expect(message).not.toMatch(/occurred:|talosctl |\.0: /);
    expect(hint).toContain('oxide validate');
    expect(hint).not.toContain('same command');
    expect(exitCode).toBe(ExitCode.usage);
    // Nobody made anything, and nothing is left of the secrets that it was tried with.
    expect(rehearsal.faults.writes).toEqual([]);
    expect(await readdir(rehearsal.files.folder)).toEqual([]);

    const config = parseConfig(text, { file: 'cluster.yaml' });
    const offline = await refusal(checkOffline({ config, run: run.ctx.run, folder: tmpdir() }));
    expect(offline.message).toBe(message);
  });
});

describe('several patches', () => {
  test('that are at fault are all named, for each role, once', async () => {
    const rehearsal = await rehearse(yaml);
    const bad = 'machine:\n  nodeLabels:\n    a: "b c"\n';
    const text =
      withPatches('config_patches', 'machine:\n  udev:\n    rules: x\n', bad) +
      `  worker_patches:\n    - 'cluster: { etcd: { extraArgs: { a: b } } }'\n` +
      `  control_plane_patches:\n    - 'persist: false'\n`;
    const { message } = await refusal(create(rehearsal.run({ yaml: text, dryRun: true }).ctx));
    expect(message.split('\n').filter((line) => line.startsWith('cluster.yaml'))).toEqual([
      'cluster.yaml:9:7 talos.config_patches.0: Talos refuses it:',
      'cluster.yaml:13:7 talos.config_patches.1: Talos refuses it: invalid machine node labels: label value "b c" is invalid',
      'cluster.yaml:20:7 talos.control_plane_patches.0: Talos refuses it: .persist should be enabled',
      'cluster.yaml:18:7 talos.worker_patches.0: Talos refuses it: etcd config is only allowed on control plane machines',
    ]);
  });

  test('that only one after the other are right are taken', async () => {
    const rehearsal = await rehearse(yaml);
    const text = withPatches(
      'worker_patches',
      'machine:\n  nodeLabels:\n    a: b\n',
      'machine:\n  nodeLabels:\n    a:\n      $patch: delete\n',
    );
    const run = rehearsal.run({ yaml: text, dryRun: true });
    await create(run.ctx);
    // One call to make and one to check each pool's: patches are tried only when that fails.
    expect(run.calls.filter(({ args }) => args[1] === 'config')).toHaveLength(2);
    expect(run.calls.filter(({ args }) => args[0] === 'validate')).toHaveLength(2);
    expect(await readdir(rehearsal.files.folder)).toEqual([]);
  });

  test('are not blamed for a talosctl that fails once', async () => {
    const rehearsal = await rehearse(yaml);
    let fails = 1;
    const run = rehearsal.run({
      yaml: withPatches('worker_patches', 'machine:\n  sysctls:\n    a: "1"\n'),
      intercept: ({ args }) =>
        args[1] === 'config' && fails-- > 0 ? failed('no space left on device') : undefined,
    });
    await expect(create(run.ctx)).rejects.toMatchObject({ exitCode: ExitCode.partial });
  });
});

test('user data that is too large is refused with the patch that makes it so', async () => {
  const rehearsal = await rehearse(yaml);
  const content = 'x'.repeat(34_000);
  const text = withPatches(
    'worker_patches',
    'machine:\n  sysctls:\n    a: "1"\n',
    `machine:\n  files:\n    - content: ${content}\n      path: /var/etc/x\n      op: create\n      permissions: 0o644\n`,
  );
  const { message, exitCode } = await refusal(create(rehearsal.run({ yaml: text }).ctx));
  expect(message).toMatch(
    /^cluster\.yaml:13:7 talos\.worker_patches\.1: a machine configuration has \d+ bytes, and Hetzner takes 32768 \(user data\); 340\d\d of them are this patch$/,
  );
  expect(exitCode).toBe(ExitCode.usage);
  expect(rehearsal.faults.writes).toEqual([]);
  expect(await readdir(rehearsal.files.folder)).toEqual([]);
});

describe('a cluster whose file got a wrong patch', () => {
  const wrong = withPatches('worker_patches', 'cluster:\n  etcd:\n    extraArgs: { a: b }\n');
  const refused =
    'cluster.yaml:9:7 talos.worker_patches.0: Talos refuses it: etcd config is only allowed on control plane machines';
  const wish = (count: number) => ({
    wish: { role: 'worker' as const, pool: undefined, count, nodes: [], force: false },
    drainTimeoutMs: 60_000,
  });

  test('is neither completed nor enlarged, and can still become smaller', async () => {
    const rehearsal = await rehearseCluster(yaml);
    const before = rehearsal.faults.writes.length;
    const run = rehearsal.run({ yaml: wrong });
    expect((await refusal(create(run.ctx))).message).toBe(refused);
    const grow = scale(run.ctx, { ...wish(3), confirm: () => Promise.resolve(true) });
    expect((await refusal(grow)).message).toBe(refused);
    expect(rehearsal.faults.writes).toHaveLength(before);

    const warnings: string[] = [];
    const shrunk = await scale(run.ctx, {
      ...wish(0),
      confirm: (plan) => {
        warnings.push(...plan.warnings);
        return Promise.resolve(true);
      },
    });
    expect(warnings).toContain(`No node could be made now: ${refused}`);
    expect(shrunk).toMatchObject({ scaled: { count: 0, removed: ['demo-web-1'] } });
  });
});
