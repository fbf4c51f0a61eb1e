import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli, testFolder, type CliEnd } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const onCluster = [
  ['create'],
  ['create', '--dry-run'],
  ['status'],
  ['kubeconfig'],
  ['talosconfig'],
  ['scale', 'worker', '--count', '2', '--yes'],
  ['destroy', '--yes'],
  ['firewall', 'allow-me'],
] as const;
const inSandbox = [
  ...onCluster.map((words) => ['--sandbox', ...words]),
  ['sandbox', 'serve'],
  ['sandbox', 'run', '--', 'kubectl', 'get', 'nodes'],
  ['sandbox', 'demo'],
];

/** Runs in the middle of nowhere: without the tools that come with the project's development. */
const withoutTools = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    'Object.defineProperty(process, "arch", { value: "riscv64" })',
  )}`,
};

function folderWithConfig(): string {
  const cwd = testFolder();
  writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 1));
  return cwd;
}

/** It ended by itself: with a reason, a next step and no stack. */
function demandNextStep({ code, stderr }: CliEnd, codes: readonly number[]): void {
  expect(codes, stderr).toContain(code);
  expect(stderr).toContain('→ ');
  expect(stderr).not.toMatch(/^\s+at |This is a bug/m);
}

// That it ends at all is the point: nothing that was opened keeps the process.
describe('a command', { timeout: 180_000 }, () => {
  test.each(inSandbox.map((words) => [words.join(' '), words]))(
    'oxide %s without kubectl and helm says so and ends',
    async (_line, words) => {
      const cwd = folderWithConfig();
      const end = await runCli(words, { cwd, env: withoutTools });
      demandNextStep(end, [ExitCode.precondition]);
      expect(end.stderr).toContain('kubectl was not found, or is not executable\nhelm was not');
    },
  );

  test.each(onCluster.slice(1, 5).map((words) => [words.join(' '), words]))(
    'oxide %s without a token says so, and leaves no folder',
    async (_line, words) => {
      const cwd = folderWithConfig();
      const end = await runCli(words, { cwd, env: { HCLOUD_ENDPOINT: await refusing() } });
      demandNextStep(end, [ExitCode.precondition]);
      expect(end.stderr).toContain('no Hetzner Cloud API token');
      expect(readdirSync(cwd)).toEqual(['cluster.yaml']);
    },
  );

  test.each([['create'], ['status'], ['sandbox serve'], ['validate'], ['secrets export']])(
    'oxide %s without a cluster.yaml says so',
    async (line) => {
      const end = await runCli(line.split(' '), { cwd: testFolder() });
      demandNextStep(end, [ExitCode.usage]);
    },
  );

  test.each([
    [
      'a file',
      (cwd: string) => {
        writeFileSync(join(cwd, 'output'), '');
      },
    ],
    [
      'a link to nowhere',
      (cwd: string) => {
        symlinkSync('nowhere/at/all', join(cwd, 'output'));
      },
    ],
  ])('in whose output folder’s place is %s says so', async (_what, put) => {
    for (const words of [
      ['--sandbox', 'create'],
      ['sandbox', 'serve'],
      ['--sandbox', 'status'],
    ]) {
      const cwd = folderWithConfig();
      put(cwd);
      demandNextStep(await runCli(words, { cwd }), [ExitCode.precondition]);
    }
  });

  test.runIf(process.platform === 'linux')(
    'whose output folder cannot be made says so',
    async () => {
      const cwd = folderWithConfig();
      const env = { HCLOUD_TOKEN: 'x'.repeat(64), HCLOUD_ENDPOINT: await refusing() };
      for (const words of [
        ['--sandbox', 'create'],
        ['--sandbox', 'status'],
        ['sandbox', 'serve'],
        ['kubeconfig'],
      ]) {
        const end = await runCli(['-o', '/proc/oxide', ...words], { cwd, env });
        demandNextStep(end, [ExitCode.precondition]);
        expect(end.stderr).toMatch(/cannot write \/proc\/oxide\S* \(ENOENT\)/);
      }
    },
  );

  test('without talosctl on the real cloud says so and ends', async () => {
    const cwd = folderWithConfig();
    const env = { HCLOUD_TOKEN: 'x'.repeat(64), HCLOUD_ENDPOINT: await refusing() };
    for (const words of onCluster) {
      const end = await runCli(words, { cwd, env });
      demandNextStep(end, [ExitCode.precondition]);
    }
  });
});

/** A Hetzner API that takes no token. */
async function refusing(): Promise<string> {
  const body = JSON.stringify({ error: { code: 'unauthorized', message: 'no', details: null } });
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** A disk on which the sandbox's files find no room any more, after so many writes. */
const fullAfter = (writes: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const write = fs.writeFileSync;
    let left = ${writes};
    fs.writeFileSync = (path, ...rest) => {
      if (!String(path).includes('/sandbox/') || --left >= 0) return write(path, ...rest);
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', errno: -28 });
    };
    syncBuiltinESMExports();
  `)}`,
});

describe('a full disk', { timeout: 180_000 }, () => {
  test.each([0, 2, 5])('is said in the sandbox, after %i writes', async (writes) => {
    const cwd = folderWithConfig();
    const end = await runCli(['--sandbox', 'create'], { cwd, env: fullAfter(writes) });
    demandNextStep(end, [ExitCode.precondition]);
    expect(end.stderr).toMatch(/cannot write \S+sandbox\/\w+\.json \(ENOSPC\)/);
    expect(readdirSync(join(cwd, 'output', 'rehearsal', 'sandbox'))).not.toContain('running.json');
  });

  test.runIf(process.platform === 'linux')('behind stdout is said on stderr', () => {
    const cwd = folderWithConfig();
    const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', `"${process.execPath}" "${main}" --json validate > /dev/full`],
      { cwd, encoding: 'utf8' },
    );
    demandNextStep({ code: status, stderr, stdout: '' }, [ExitCode.precondition]);
    expect(stderr).toContain('cannot write the result to stdout (ENOSPC)');
  });

  test('is none when the reader went away', async () => {
    const { code, stderr } = await runCli(['reference'], { closeStdout: true });
    expect([code, stderr]).toEqual([ExitCode.done, '']);
  });
});
