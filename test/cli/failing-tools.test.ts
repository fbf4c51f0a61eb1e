import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools, type BundledTools } from '../../src/sandbox/bundled-tools.js';
import { runCli, testFolder, toolCache } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { sample, testSeed } from '../helpers/seed.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));

interface Misfortune {
  readonly tool: keyof BundledTools;
  /** Words of the call that it happens to, once. */
  readonly call: string;
  readonly what: string;
  /** What the shell does instead of the call; `$real` is the tool. */
  readonly script: string;
}

const killedHalfWay = 'timeout --signal=KILL 0.5 "$real" "$@"; kill -KILL $$';
const killedAfterwards = '"$real" "$@" > /dev/null; kill -KILL $$';
const refused = 'echo "Error: something went wrong" >&2; exit 1';
const truncated = '"$real" "$@" | head -c 700';

const misfortunes: readonly Misfortune[] = [
  { tool: 'helm', call: 'upgrade', what: 'is killed half way', script: killedHalfWay },
  { tool: 'helm', call: 'upgrade', what: 'is killed afterwards', script: killedAfterwards },
  { tool: 'helm', call: 'upgrade', what: 'fails', script: refused },
  { tool: 'helm', call: 'pull', what: 'fails', script: refused },
  { tool: 'kubectl', call: 'apply', what: 'is killed half way', script: killedHalfWay },
  { tool: 'kubectl', call: 'apply', what: 'is killed afterwards', script: killedAfterwards },
  { tool: 'kubectl', call: 'rollout', what: 'fails', script: refused },
  { tool: 'kubectl', call: 'get nodes', what: 'tells half of it', script: truncated },
];

/** Tools that do what the real ones do, but for one call. */
function failingTools(folder: string, { tool, call, script }: Misfortune): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['kubectl', 'helm'] as const) {
    const misfortune =
      name === tool
        ? `case "$*" in *"${call}"*) if mkdir "${bin}/met"; then ${script}; exit; fi;; esac\n`
        : '';
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nreal="${bundled?.[name] ?? ''}"\n${misfortune}exec "$real" "$@"\n`,
      { mode: 0o755 },
    );
  }
  return `${bin}:/usr/bin:/bin`;
}

describe.runIf(bundled)(`a real tool (OXIDE_TEST_SEED=${testSeed})`, { timeout: 180_000 }, () => {
  for (const n of sample(3, misfortunes.length)) {
    const misfortune = misfortunes[n - 1] ?? misfortunes[0];
    if (!misfortune) throw new Error('there are misfortunes');
    const { tool, call, what } = misfortune;
    test(`${tool} ${call} that ${what} is made good by the same command`, async () => {
      const cwd = testFolder();
      writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 1));
      const env = { PATH: failingTools(cwd, misfortune) };
      const create = ['--sandbox', 'create', '--json', '--verbose'];
      const first = await runCli(create, { cwd, env });
      expect([ExitCode.done, ExitCode.partial, ExitCode.timeout], first.stderr).toContain(
        first.code,
      );
      expect(first.stderr).not.toMatch(/^\s+at /m);
      const second = await runCli(create, { cwd, env });
      expect(second.code, second.stderr).toBe(ExitCode.done);
      const status = await runCli(['--sandbox', 'status', '--json'], { cwd, env });
      expect(JSON.parse(status.stdout)).toMatchObject({ healthy: true });
    });
  }
});
