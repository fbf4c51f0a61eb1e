import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidatesFor } from '../../src/cli/complete.js';
import { completionScripts } from '../../src/cli/completion-scripts.js';
import { testFolder } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { projectFolder } from '../helpers/source-files.js';

/** A cluster.yaml with three control planes and two workers; its path. */
function clusterFile(): string {
  const file = join(testFolder(), 'other.yaml');
  writeFileSync(file, clusterYaml(3, 2));
  return file;
}

async function words(line: string): Promise<readonly string[]> {
  const text = await candidatesFor(line.split(' '));
  return text
    .split('\n')
    .slice(0, -1)
    .map((row) => row.split('\t')[0] ?? '');
}

describe('completion', () => {
  it.each([
    ['cr', ['create']],
    ['s', ['status', 'scale', 'secrets', 'sandbox']],
    ['secrets ', ['export', 'import']],
    ['--output x sandbox sh', ['shell']],
    ['scale ', ['worker', 'control-plane']],
    ['scale worker ', []],
    ['scale worker --d', ['--dry-run']],
    ['--ou', ['--output']],
    ['reference --format ', ['markdown', 'json-schema', 'documents', 'documents-schema', 'addons']],
    ['secrets import ', [':files']],
    ['--output ', [':folders']],
    ['completion z', ['zsh']],
    ['sandbox run -- kubectl get ', [':files']],
    ['craete ', []],
  ])('of `oxide %s` is %j', async (line, expected) => {
    expect(await words(line)).toEqual(expected);
  });

  it('knows the pools and nodes of the cluster.yaml at hand', async () => {
    const file = clusterFile();
    expect(await words(`-c ${file} scale worker --pool `)).toEqual(['web']);
    expect(await words(`--config ${file} scale --pool `)).toEqual(['cp', 'web']);
    const node = `-c ${file} scale worker --count 1 --node `;
    expect(await words(node)).toEqual(['demo-web-1', 'demo-web-2']);
    expect(await words(`${node}demo-web-2`)).toEqual(['demo-web-2']);
    expect(await words('-c not-there.yaml scale worker --pool ')).toEqual([]);
  });

  it('works in bash', () => {
    const script = `${completionScripts.bash}
      oxide() { "${process.execPath}" "${join(projectFolder, 'dist', 'cli', 'main.js')}" "$@"; }
      COMP_WORDS=(oxide -c "$1" scale worker --node ""); COMP_CWORD=6
      _oxide; echo "\${COMPREPLY[*]}"`;
    const said = execFileSync('bash', ['-c', script, 'bash', clusterFile()], { encoding: 'utf8' });
    expect(said).toBe('demo-web-1 demo-web-2\n');
  });
});
