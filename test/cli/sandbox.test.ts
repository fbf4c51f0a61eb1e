import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';
import {
  moveCaller,
  runCli,
  sharedFolder,
  startCli,
  testFolder,
  toolCache,
} from '../helpers/cli.js';
import { preparedFolder, snapshotYaml } from '../helpers/prepared-folder.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));

function folderWith(yaml: string): string {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), yaml);
  return folder;
}

/** The nodes of `kubectl get nodes`, as `name status`. */
const readyNodes = (table: string) =>
  table.split('\n').flatMap((line) => /^(\S+)\s+Ready\s/.exec(line)?.[1] ?? []);

/** The simulated project as it is kept. */
function projectOf(folder: string): Record<string, unknown> {
  const file = join(folder, 'output', 'rehearsal', 'sandbox', 'cloud.json');
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { cloud: { project: object } };
  return { ...kept.cloud.project };
}

describe.runIf(bundled)('a cluster in the sandbox, with the real kubectl and helm', () => {
  const cwd = sharedFolder();
  beforeAll(async () => {
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 1));
    const { code, stdout, stderr } = await runCli(['--sandbox', 'create'], { cwd });
    if (code !== ExitCode.done) throw new Error(stderr);
    expect(stdout).toContain('Keep a copy of its secrets: oxide --sandbox secrets export\n');
    // As for every user: in a project that is empty.
    expect(stderr).toContain('Make the image Talos v1.13.9 (x86)  snapshot ');
  });

  test('is seen by kubectl in a later call', async () => {
    const call = ['sandbox', 'run', '--', 'kubectl', 'get', 'nodes'];
    const { code, stdout } = await runCli(call, { cwd });
    expect(readyNodes(stdout)).toEqual(['demo-cp-1', 'demo-web-1']);
    expect(code).toBe(ExitCode.done);
  });

  test('hands on the exit code and the words of a tool that fails', async () => {
    const call = ['sandbox', 'run', '--', 'kubectl', 'get', 'node', 'nobody'];
    const { code, stdout, stderr } = await runCli(call, { cwd });
    expect(stderr).toContain('Error from server (NotFound): nodes "nobody" not found');
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('reads what comes in, and an HTTP client finds its Hetzner API, in a shell of its own', async () => {
    const stdin = 'kubectl create namespace mine; echo "at $HCLOUD_ENDPOINT"; exit 7\n';
    const env = { SHELL: '/bin/sh' };
    const { code, stdout } = await runCli(['sandbox', 'shell'], { cwd, stdin, env });
    expect(stdout).toContain('namespace/mine created\n');
    expect(stdout).toMatch(/^at http:\/\/127\.0\.0\.1:\d+\/v1$/m);
    expect(code).toBe(7);
  });

  test('is left alone by a second create, whose only output is one JSON document', async () => {
    const { code, stdout, stderr } = await runCli(['--sandbox', '--json', 'create'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ cluster: 'demo', changed: false });
    expect(stderr).toContain('Look at what exists  2 servers');
    expect(stderr).not.toContain('Make the image');
    expect(stdout).not.toContain('secrets export');
    expect(code).toBe(ExitCode.done);
  });

  test('needs nothing any more, says a dry run', async () => {
    const call = ['--sandbox', '--json', '--progress', 'json', 'create', '--dry-run'];
    const { code, stdout, stderr } = await runCli(call, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ cluster: 'demo', changes: [] });
    const events = stderr.trim().split('\n');
    const look = events.filter((line) => line.includes('"message":"Look at what exists"'));
    expect(look.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'step-began', step: expect.any(Number) as number },
      { type: 'step-ended', summary: '2 servers', unmet: false },
    ]);
    expect(code).toBe(ExitCode.done);
  });

  test('is healthy, says status', async () => {
    const { code, stdout } = await runCli(['--sandbox', '--json', 'status'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ cluster: 'demo', healthy: true });
    expect(code).toBe(ExitCode.done);
  });

  test('locks out a machine whose address changes, and tells it how to get in', async () => {
    moveCaller(cwd, '198.51.100.4');
    const call = ['--sandbox', '--config', './cluster.yaml', 'kubeconfig'];
    const refused = await runCli(call, { cwd });
    expect(refused.stderr).toContain(
      '→ Add it through the Hetzner API: oxide --sandbox --config ./cluster.yaml firewall allow-me',
    );
    expect(refused.code).toBe(ExitCode.precondition);
    expect((await runCli([...call, '--yes'], { cwd })).code).toBe(ExitCode.done);
    expect((await runCli(['--sandbox', 'status'], { cwd })).code).toBe(ExitCode.done);
  });

  test('is not deleted without a confirmation', async () => {
    const before = projectOf(cwd);
    const { code, stderr } = await runCli(['--sandbox', 'destroy'], { cwd });
    expect(stderr).toContain('→ Add --yes to confirm.');
    expect(code).toBe(ExitCode.unconfirmed);
    expect(Object.keys(before)).toContain('servers');
    expect(projectOf(cwd)).toEqual(before);
  });

  test('lost its secrets, and gets them back from a copy', async () => {
    const env = { OXIDE_PASSPHRASE: 'four words nobody says' };
    const exported = await runCli(['--sandbox', 'secrets', 'export'], { cwd, env });
    expect(exported.stdout).toContain(
      '  oxide --sandbox secrets import demo-rehearsal-secrets.age\n',
    );
    await rm(join(cwd, 'output', 'rehearsal', 'secrets.yaml'));
    const refused = await runCli(['--sandbox', 'create'], { cwd });
    expect(refused.stderr).toContain('→ Its secrets are never made anew.');
    expect(refused.stderr).toContain('oxide --sandbox secrets import demo-rehearsal-secrets.age\n');
    expect(refused.code).toBe(ExitCode.precondition);

    const call = ['--sandbox', 'secrets', 'import', 'demo-rehearsal-secrets.age'];
    const imported = await runCli(call, { cwd, env });
    expect(imported.stdout).toContain('The cluster "demo" at Hetzner was made with it.');
    expect(imported.code).toBe(ExitCode.done);
    expect((await runCli(['--sandbox', 'create'], { cwd })).code).toBe(ExitCode.done);
  });

  test('is served to other processes, which join it, until Ctrl-C', async () => {
    const alone = await runCli(['sandbox', 'env'], { cwd });
    expect(alone.stderr).toContain('→ Keep it running in another shell: oxide sandbox serve');
    expect([alone.code, alone.stdout]).toEqual([ExitCode.precondition, '']);

    const serving = startCli(['sandbox', 'serve'], { cwd });
    await serving.said('stderr', 'eval "$(oxide sandbox env)"');
    const exports = await serving.said('stdout', 'HCLOUD_TOKEN=');
    const second = startCli(['sandbox', 'serve'], { cwd });
    await second.said('stderr', 'The sandbox runs already, in process ');
    const call = ['sandbox', 'run', '--', 'kubectl', 'apply', '-f', '-'];
    const stdin = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"piped"}}';
    expect(await runCli(call, { cwd, stdin })).toMatchObject({
      ...{ code: ExitCode.done, stdout: 'configmap/piped created\n' },
    });
    const told = await runCli(['sandbox', 'env'], { cwd });
    expect(told.stdout).toBe(exports);
    const reset = await runCli(['sandbox', 'reset'], { cwd });
    expect(reset.stderr).toContain('is running');
    expect(reset.code).toBe(ExitCode.precondition);

    serving.signal('SIGINT');
    expect((await serving.end).code).toBe(ExitCode.done);
    await second.said('stderr', 'The sandbox runs;');
    second.signal('SIGINT');
    expect((await second.end).code).toBe(ExitCode.done);
    expect(exports).toContain(
      `export KUBECONFIG='${join(cwd, 'output', 'rehearsal', 'kubeconfig')}'`,
    );
    expect(readdirSync(join(cwd, 'output', 'rehearsal', 'sandbox'))).not.toContain('running.json');
  });

  test('is not forgotten without asking, neither for a reset nor for a demo', async () => {
    for (const command of ['reset', 'demo']) {
      const { code, stderr } = await runCli(['sandbox', command], { cwd });
      expect(stderr).toMatch(
        /The sandbox in output\/rehearsal\/sandbox holds a rehearsal: \d+ resources/,
      );
      expect(stderr).toContain('→ Add --yes to confirm.');
      expect(code).toBe(ExitCode.unconfirmed);
    }
    expect((await runCli(['--sandbox', 'status'], { cwd })).code).toBe(ExitCode.done);
  });

  test('does not meet the one that runs beside it', async () => {
    const outputs = ['output', 'other'];
    const served = outputs.map((output) => startCli(['-o', output, 'sandbox', 'serve'], { cwd }));
    const urls = await Promise.all(
      served.map(
        async (process) => /_URL='(.+)'/.exec(await process.said('stdout', 'TALOSCONFIG='))?.[1],
      ),
    );
    expect(new Set(urls).size).toBe(2);
    const codes = outputs.map(
      async (output) => (await runCli(['--sandbox', '-o', output, 'status'], { cwd })).code,
    );
    expect(await Promise.all(codes)).toEqual([ExitCode.done, ExitCode.precondition]);
    for (const process of served) process.signal('SIGTERM');
    await Promise.all(served.map(({ end }) => end));
  });
});

describe.runIf(bundled)('a sandbox', () => {
  test('is forgotten at once when it holds nothing, and with --yes when it does', async () => {
    const cwd = folderWith(clusterYaml(1, 0));
    expect((await runCli(['sandbox', 'reset'], { cwd })).code).toBe(ExitCode.done);
    await runCli(['--sandbox', 'status'], { cwd });
    expect((await runCli(['sandbox', 'reset'], { cwd })).code).toBe(ExitCode.done);
    const state = join(cwd, 'output', 'rehearsal', 'sandbox', 'cloud.json');
    writeFileSync(state, 'not readable');
    expect((await runCli(['sandbox', 'reset'], { cwd })).code).toBe(ExitCode.unconfirmed);
    const { code, stderr } = await runCli(['sandbox', 'reset', '--yes'], { cwd });
    expect(stderr).toContain('Forgot the sandbox in output/rehearsal/sandbox.');
    expect(code).toBe(ExitCode.done);
    expect(readdirSync(join(cwd, 'output', 'rehearsal', 'sandbox'))).not.toContain('cloud.json');
  });

  test('shows the plan and its price with --dry-run, and ends with 10', async () => {
    const cwd = folderWith(clusterYaml(1, 1));
    const { code, stdout } = await runCli(['--sandbox', 'create', '--dry-run', '--json'], { cwd });
    const plan = JSON.parse(stdout) as { changes: { name: string }[] };
    expect(plan.changes.map(({ name }) => name)).toContain('demo-web-1');
    expect(code).toBe(ExitCode.changes);
    expect(readdirSync(join(cwd, 'output', 'rehearsal'))).toEqual(['sandbox']);
    const refused = await runCli(['--sandbox', 'create', '--no-build'], { cwd });
    expect(refused.stderr).toContain('no Talos image v1.13.9 (x86) in this project');
    expect(refused.stderr).toContain('→ Make it: oxide --sandbox image build --arch x86\n');
    expect(refused.code).toBe(ExitCode.precondition);
  });

  test('that is interrupted says what exists and how to go on, and goes on', async () => {
    const cwd = await preparedFolder(snapshotYaml(1, 0));
    const creating = startCli(['--sandbox', 'create'], { cwd, env: { OXIDE_SANDBOX_SPEED: '60' } });
    await creating.said('stderr', 'Create the control planes');
    await creating.said('stderr', 'of 1 made');
    creating.signal('SIGINT');
    const { code, stderr } = await creating.end;
    expect(code).toBe(ExitCode.interrupted);
    expect(stderr).toMatch(
      /\nInterrupted\n\n→ What exists of the cluster now: 1 server, the network, the firewall, the SSH key and 1 placement group, about €0\.\d\d net an hour\.\n/,
    );
    expect(stderr).toContain(
      '  Go on: oxide --sandbox create\n  Remove: oxide --sandbox destroy\n',
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    const again = await runCli(['--sandbox', '--json', 'create'], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: true });
    expect(again.code).toBe(ExitCode.done);
  });

  test('prints no colour and no cursor movement without a terminal', async () => {
    const cwd = folderWith(clusterYaml(1, 0));
    const { stdout, stderr } = await runCli(['--sandbox', 'create', '--dry-run'], { cwd });
    // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
    expect(`${stdout}${stderr}`).not.toMatch(/\u001b/);
  });
});
