import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { moveCaller, runCli, testFolder, toolCache } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));
const labels = { 'managed-by': 'oxide', cluster: 'demo' };
const colleague = '203.0.113.9/32';

/** A folder with a cluster.yaml, and a sandbox in which the cluster's firewall admits a colleague. */
async function folderWithFirewall(): Promise<string> {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), clusterYaml(1, 0));
  const sandbox = await openSandbox({
    folder: join(folder, 'output', 'rehearsal', 'sandbox'),
    speed: 600,
  });
  const rules = [
    ['6443', 'Kubernetes API'],
    ['50000', 'Talos API'],
  ].map(([port, description]) => ({
    ...{ direction: 'in', protocol: 'tcp', port, description },
    source_ips: [colleague],
  }));
  await fetch(`${sandbox.url}/v1/firewalls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'demo', labels, rules }),
  });
  await sandbox.close();
  return folder;
}

const allowMe = (cwd: string, ...options: readonly string[]) =>
  runCli(['--sandbox', 'firewall', 'allow-me', ...options], { cwd });

describe('oxide firewall allow-me', () => {
  test('shows what it would do, does it, and then has nothing to do', async () => {
    const cwd = await folderWithFirewall();
    const own = ['198.51.100.7/32', '2001:db8:ca11::7/128'];
    const document = {
      ...{ cluster: 'demo', firewall: 'demo', changed: true, warnings: [] },
      ...{ before: [colleague], after: [colleague, ...own] },
    };
    const shown = await allowMe(cwd, '--dry-run', '--json');
    expect(JSON.parse(shown.stdout)).toEqual(document);
    expect(shown.code).toBe(ExitCode.changes);

    const done = await allowMe(cwd, '--json');
    expect(JSON.parse(done.stdout)).toEqual(document);
    expect(done.stderr).toContain(
      'The firewall of "demo" will admit to 6443 and 50000:\n' +
        `  ${colleague}\n+ 198.51.100.7/32\n+ 2001:db8:ca11::7/128\n`,
    );
    expect(done.code).toBe(ExitCode.done);

    const again = await allowMe(cwd, '--dry-run');
    expect(again.stdout).toContain('Nothing to change.');
    expect(again.code).toBe(ExitCode.done);
  });

  test('follows the address, and says how long it stays', async () => {
    const cwd = await folderWithFirewall();
    moveCaller(cwd, '198.51.100.4');
    const { stdout, code } = await allowMe(cwd, '--replace');
    expect(stdout).toBe(
      '\nThe firewall of "demo" admits to 6443 and 50000:\n' +
        '+ 198.51.100.4/32\n+ 2001:db8:ca11::7/128\n' +
        `- ${colleague}\n\n` +
        'oxide --sandbox create keeps these, until hcloud.firewall.allowed_cidrs in cluster.yaml says who exactly may.\n' +
        'Only this machine again: oxide --sandbox firewall allow-me --replace\n',
    );
    expect(code).toBe(ExitCode.done);
  });

  test('takes several ranges, in any notation, and refuses what is none', async () => {
    const cwd = await folderWithFirewall();
    const { stdout } = await allowMe(
      cwd,
      ...['--json', '--cidr', '192.0.2.1', '2001:DB8::/32', '--cidr', '203.0.113.0/24'],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      after: [colleague, '192.0.2.1/32', '2001:db8::/32', '203.0.113.0/24'],
    });
    const wrong = await allowMe(cwd, '--cidr', '203.0.113.5/24');
    expect(wrong.stderr).toContain('with /24 it is 203.0.113.0/24');
    expect(wrong.code).toBe(ExitCode.usage);
  });
});

describe.runIf(bundled)('a create that cluster.yaml locks out', () => {
  test('stops without a terminal, and says in a dry run what it would ask', async () => {
    const cwd = testFolder();
    const listed = `location: nbg1, firewall: { allowed_cidrs: [${colleague}] }`;
    const yaml = clusterYaml(1, 0).replace('location: nbg1', listed);
    writeFileSync(join(cwd, 'cluster.yaml'), yaml);
    const refused = await runCli(['--sandbox', 'create'], { cwd });
    expect(refused.stderr).toContain(
      `the firewall of "demo" will admit ${colleague}, and this machine is 198.51.100.7 now`,
    );
    expect(refused.stderr).toContain('→ Add 198.51.100.7/32 to hcloud.firewall.allowed_cidrs');
    expect(refused.code).toBe(ExitCode.precondition);

    const shown = await runCli(['--sandbox', 'create', '--yes', '--dry-run', '--json'], { cwd });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      warnings: [expect.stringContaining('and this machine is 198.51.100.7')],
    });
    expect(shown.code).toBe(ExitCode.changes);
  });
});
