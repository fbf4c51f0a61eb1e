import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ExitCode } from '../src/lib/errors.js';
import { error, ScriptedServer } from './hetzner/scripted-server.js';
import { runCli, testFolder } from './helpers/cli.js';
import { clusterYaml } from './helpers/rehearsal.js';

/** A folder with this cluster.yaml. */
function folderWith(yaml: string): string {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), yaml);
  return folder;
}

describe('a call that oxide does not understand', () => {
  test('is answered with what is meant, and ends with 2', async () => {
    const { code, stdout, stderr } = await runCli(['creat']);
    expect(stderr).toBe('\noxide has no command "creat"\n\n→ Did you mean: oxide create\n');
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
  });

  test('of a tool of the sandbox names those that it has', async () => {
    const cwd = folderWith(clusterYaml(1, 0));
    const { code, stderr } = await runCli(['sandbox', 'run', '--', 'ls'], { cwd });
    expect(stderr).toBe(
      '\n"ls" is no tool of the sandbox\n\n→ It runs kubectl, talosctl, helm and hcloud.\n',
    );
    expect(code).toBe(ExitCode.usage);
  });

  test('of a speed of the sandbox names what it takes', async () => {
    const cwd = folderWith(clusterYaml(1, 0));
    const env = { OXIDE_SANDBOX_SPEED: 'fast' };
    const { code, stderr } = await runCli(['--sandbox', 'status'], { cwd, env });
    expect(stderr).toContain('OXIDE_SANDBOX_SPEED is "fast"');
    expect(code).toBe(ExitCode.usage);
  });
});

describe('a cluster.yaml with mistakes', () => {
  test('is answered with all of them and their places, and nothing is touched', async () => {
    const cwd = folderWith(
      clusterYaml(2, 1).replace('workers:', 'wokers:').replace('location', 'locaton'),
    );
    const { code, stdout, stderr } = await runCli(['create'], { cwd });
    expect(stderr).toContain('cluster.yaml:2:11 hcloud: unknown key "locaton"');
    expect(stderr).toContain('cluster.yaml:4:1 unknown key "wokers" (did you mean "workers"?)');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(readdirSync(cwd)).toEqual(['cluster.yaml']);
  });

  test('that lets the internet in is valid, with a warning', async () => {
    const cwd = folderWith(
      clusterYaml(1, 0).replace(
        'location: nbg1',
        'location: nbg1, firewall: { allowed_cidrs: [0.0.0.0/0] }',
      ),
    );
    const { code, stderr } = await runCli(['validate'], { cwd });
    expect(stderr).toContain('⚠ The firewall rule "Talos API" lets the internet reach 50000');
    expect(code).toBe(ExitCode.done);
  });

  test('that is no YAML is answered with the place', async () => {
    const cwd = folderWith('cluster_name: [demo\n');
    const { code, stderr } = await runCli(['validate'], { cwd });
    expect(stderr).toMatch(/^\ncluster\.yaml:\d+:\d+ not valid YAML: /);
    expect(code).toBe(ExitCode.usage);
  });

  test('that is not there is answered with the way to one', async () => {
    const cwd = testFolder();
    const { code, stderr } = await runCli(['create'], { cwd });
    expect(stderr).toContain('cluster.yaml: there is no such file\n\n→ ');
    expect(code).toBe(ExitCode.usage);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('is the error of one JSON document with --json', async () => {
    const { code, stdout } = await runCli(['create', '--json'], { cwd: testFolder() });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'config.missing',
        message: 'cluster.yaml: there is no such file',
        hint: expect.any(String) as string,
        exitCode: ExitCode.usage,
      },
    });
    expect(code).toBe(ExitCode.usage);
  });
});

describe('a real run', () => {
  test('names all that is missing at once, with where to get it, and leaves no trace', async () => {
    const cwd = folderWith(clusterYaml(1, 0));
    // Nobody listens on port 1.
    const env = { HOME: cwd, HCLOUD_ENDPOINT: 'http://127.0.0.1:1/v1' };
    const { code, stdout, stderr } = await runCli(['create'], { cwd, env });
    expect(stderr.split('\n')).toEqual([
      '',
      'no Hetzner Cloud API token',
      'talosctl was not found, or is not executable',
      'kubectl was not found, or is not executable',
      'helm was not found, or is not executable',
      "the network: Hetzner's API cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
      '',
      expect.stringMatching(/^→ Set HCLOUD_TOKEN, or /),
      expect.stringMatching(/^ {2}Install talosctl so that it is on the PATH: https:/),
      expect.stringMatching(/^ {2}Install kubectl so that it is on the PATH: https:/),
      expect.stringMatching(/^ {2}Install helm so that it is on the PATH: https:/),
      expect.stringMatching(/^ {2}Check the connection to the internet\./),
      '',
    ]);
    expect([code, stdout]).toEqual([ExitCode.precondition, '']);
    expect(readdirSync(cwd)).toEqual(['cluster.yaml']);
  });

  test('without tools names them all, and where to get them', async () => {
    const api = new ScriptedServer();
    onTestFinished(() => api.stop());
    const cwd = folderWith(
      clusterYaml(1, 0).replace(
        'location: nbg1',
        'location: nbg1, firewall: { allowed_cidrs: [198.51.100.7/32] }',
      ),
    );
    const env = { HCLOUD_TOKEN: 'x'.repeat(64), HCLOUD_ENDPOINT: await api.start() };
    const { code, stdout, stderr } = await runCli(['create'], { cwd, env });
    for (const tool of ['talosctl', 'kubectl', 'helm']) {
      expect(stderr).toContain(`${tool} was not found, or is not executable`);
      expect(stderr).toContain(`Install ${tool} so that it is on the PATH: https://`);
    }
    expect(stderr).not.toContain('x'.repeat(64));
    expect([code, stdout]).toEqual([ExitCode.precondition, '']);
    expect(api.lines.every((line) => line.startsWith('GET '))).toBe(true);
  });

  test('with a token that Hetzner refuses says where the token comes from', async () => {
    const api = new ScriptedServer();
    onTestFinished(() => api.stop());
    const paths = [
      ...['networks', 'firewalls', 'ssh_keys', 'servers', 'images', 'server_types', 'locations'],
      ...['pricing', 'volumes', 'load_balancers', 'placement_groups', 'primary_ips'],
    ];
    const refusal = error(401, 'unauthorized', 'the token you have provided is invalid');
    for (const path of paths) api.on(`GET /${path}`, refusal);
    const cwd = folderWith(clusterYaml(1, 0));
    const env = { HCLOUD_TOKEN: 'x'.repeat(64), HCLOUD_ENDPOINT: await api.start() };
    const { code, stderr } = await runCli(['status'], { cwd, env });
    expect(stderr).toContain('Hetzner does not accept the API token from HCLOUD_TOKEN');
    expect(stderr).not.toContain('x'.repeat(64));
    expect(code).toBe(ExitCode.precondition);
  });
});

describe('init', () => {
  test('writes an example that is valid, into folders that it makes, and never over a file', async () => {
    const cwd = testFolder();
    const place = ['--config', 'clusters/demo/cluster.yaml'];
    expect((await runCli(['init', ...place], { cwd })).code).toBe(ExitCode.done);
    expect((await runCli(['validate', ...place], { cwd })).code).toBe(ExitCode.done);
    const again = await runCli(['init', ...place], { cwd });
    expect(again.stderr).toContain('clusters/demo/cluster.yaml exists already');
    expect(again.code).toBe(ExitCode.usage);
  });
});

describe('a warning of Node', () => {
  test('never reaches the user', async () => {
    const plant =
      'process.once("beforeExit", () => process.emitWarning("planted", "DeprecationWarning"))';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` };
    const { code, stderr } = await runCli(['reference'], { env });
    expect([code, stderr]).toEqual([ExitCode.done, '']);
  });
});

describe('a reader that goes away', () => {
  test('ends nothing with a stack trace', async () => {
    const { code, stderr } = await runCli(['reference'], { closeStdout: true });
    expect(stderr).toBe('');
    expect(code).toBe(ExitCode.done);
  });
});
