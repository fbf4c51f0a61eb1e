import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { runCli, testFolder } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const labels = { 'managed-by': 'oxide', cluster: 'demo' };

/** A folder with a cluster.yaml, and a sandbox in which a cluster's network has been left over. */
async function folderWithLeftovers({ protect }: { protect: boolean }): Promise<string> {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), clusterYaml(1, 1));
  const sandbox = await openSandbox({
    folder: join(folder, 'output', 'rehearsal', 'sandbox'),
    speed: 600,
  });
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${sandbox.url}/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { network: { id: number } };
  };
  const { network } = await post('/networks', { name: 'demo', ip_range: '10.0.0.0/16', labels });
  await post('/placement_groups', { name: 'demo', type: 'spread', labels });
  if (protect) {
    await post(`/networks/${network.id}/actions/change_protection`, { delete: true });
  }
  await sandbox.close();
  return folder;
}

const destroy = (cwd: string, ...options: readonly string[]) =>
  runCli(['--sandbox', 'destroy', ...options], { cwd });

describe('oxide destroy', () => {
  test('shows what would go and ends with 10, then deletes it, then finds nothing', async () => {
    const cwd = await folderWithLeftovers({ protect: false });
    const shown = await destroy(cwd, '--dry-run', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      changes: [
        { action: 'delete', kind: 'placement-group', name: 'demo' },
        { action: 'delete', kind: 'network', name: 'demo' },
      ],
    });
    expect(shown.code).toBe(ExitCode.changes);

    const done = await destroy(cwd, '--yes');
    expect(done.stdout).toContain('The cluster "demo" is gone: 2 resources deleted.');
    expect(done.stdout).toContain('Nothing of it is left that costs money.');
    expect(done.code).toBe(ExitCode.done);

    const again = await destroy(cwd, '--yes');
    expect(again.stdout).toBe('Nothing of "demo" exists.\n');
    expect(again.code).toBe(ExitCode.done);
  });

  test('names what is protected, deletes the rest and ends with 5', async () => {
    const cwd = await folderWithLeftovers({ protect: true });
    const { stdout, code } = await destroy(cwd, '--yes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      deleted: [{ kind: 'placement-group', name: 'demo' }],
      left: [{ kind: 'network', why: 'is delete-protected; take the protection off first' }],
      complete: false,
    });
    expect(code).toBe(ExitCode.partial);
    const again = await destroy(cwd, '--yes');
    expect(again.stdout).toContain('is delete-protected');
    expect(again.code).toBe(ExitCode.partial);
  });
});
