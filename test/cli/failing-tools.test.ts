import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools, type BundledTools } from '../../src/sandbox/bundled-tools.js';
import { runCli, sharedFolder, toolCache } from '../helpers/cli.js';
import { preparedFolder, snapshotYaml } from '../helpers/prepared-folder.js';
import { isFullMatrix, sample, testSeed } from '../helpers/seed.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));

interface Misfortune {
  readonly tool: keyof BundledTools;
  /** Words of the call that it happens to, once. */
  readonly call: string;
  /** Which of these calls it is; the first unless given. */
  readonly at?: number;
  readonly what: string;
  /** What the shell does instead of the call; `$real` is the tool. */
  readonly script: string;
}

const killedHalfWay = 'timeout --signal=KILL 0.5 "$real" "$@"; kill -KILL $$';
const killedAfterwards = '"$real" "$@" > /dev/null; kill -KILL $$';
const refused = 'echo "Error: something went wrong" >&2; exit 1';
const truncated = '"$real" "$@" | head -c 700';

/** In the order in which a create meets them. */
const misfortunes: readonly Misfortune[] = [
  { tool: 'helm', call: 'pull', what: 'fails', script: refused },
  { tool: 'kubectl', call: 'apply', what: 'is killed half way', script: killedHalfWay },
  { tool: 'helm', call: 'upgrade', what: 'fails', script: refused },
  { tool: 'helm', call: 'upgrade', what: 'is killed half way', script: killedHalfWay },
  { tool: 'helm', call: 'upgrade', what: 'is killed afterwards', script: killedAfterwards },
  { tool: 'kubectl', call: 'apply', what: 'is killed afterwards', script: killedAfterwards },
  { tool: 'kubectl', call: 'get nodes', what: 'tells half of it', script: truncated },
  // The first is that of the look; this one is waited with.
  { tool: 'kubectl', call: 'get nodes', at: 2, what: 'tells half of it later', script: truncated },
];

interface FailingTools {
  readonly path: string;
  /** Whether the misfortune has happened. */
  readonly met: () => boolean;
}

/** Tools that do what the real ones do, but for one call. */
function failingTools(folder: string, misfortune: Misfortune): FailingTools {
  const { tool, call, at = 1, script } = misfortune;
  const bin = mkdtempSync(join(folder, 'bin-'));
  const count = `n=1; while ! mkdir "${bin}/met-$n" 2> /dev/null; do n=$((n + 1)); done`;
  const instead = `case "$*" in *"${call}"*) ${count}; if [ $n = ${at} ]; then ${script}; exit; fi;; esac\n`;
  for (const name of ['kubectl', 'helm'] as const) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nreal="${bundled?.[name] ?? ''}"\n${name === tool ? instead : ''}exec "$real" "$@"\n`,
      { mode: 0o755 },
    );
  }
  return {
    path: `${bin}:/usr/bin:/bin`,
    met: () => existsSync(join(bin, `met-${at}`)),
  };
}

const chosen = isFullMatrix ? misfortunes.length : 3;

// One cluster: each run is the one that makes good what happened to the run before it.
describe.runIf(bundled)(`a real tool (OXIDE_TEST_SEED=${testSeed})`, { timeout: 240_000 }, () => {
  const cwd = sharedFolder();
  const create = (env: Readonly<Record<string, string>> = {}) =>
    runCli(['--sandbox', 'create', '--json', '--verbose'], { cwd, env });
  beforeAll(async () => {
    await preparedFolder(snapshotYaml(1, 1), cwd);
  });

  for (const n of sample(chosen, misfortunes.length)) {
    const misfortune = misfortunes[n - 1] ?? misfortunes[0];
    if (!misfortune) throw new Error('there are misfortunes');
    const { tool, call, what } = misfortune;
    test(`${tool} ${call} that ${what} ends a create without a stack, if it ends it`, async () => {
      const { path, met } = failingTools(cwd, misfortune);
      const { code, stderr } = await create({ PATH: path });
      expect(met(), stderr).toBe(true);
      expect([ExitCode.done, ExitCode.partial, ExitCode.timeout], stderr).toContain(code);
      expect(stderr).not.toMatch(/^\s+at /m);
    });
  }

  test('that did so is made good by the same command', async () => {
    const { code, stderr } = await create();
    expect(code, stderr).toBe(ExitCode.done);
    const status = await runCli(['--sandbox', 'status', '--json'], { cwd });
    expect(JSON.parse(status.stdout)).toMatchObject({ healthy: true });
  });
});
