import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { projectFolder } from '../helpers/source-files.js';

/** What a call of the built CLI had loaded when it ended. */
function loadedBy(cwd: string, args: readonly string[]): readonly string[] {
  const list = join(cwd, 'loaded');
  const told = join(cwd, 'told.cjs');
  const write = `require('node:fs').writeFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n'))`;
  writeFileSync(told, `process.on('exit', () => ${write});\n`);
  const main = join(projectFolder, 'dist', 'cli', 'main.js');
  const env = { PATH: '', HOME: cwd };
  const { status, stderr } = spawnSync(process.execPath, ['--require', told, main, ...args], {
    ...{ cwd, env, encoding: 'utf8' },
  });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(list, 'utf8')
    .split('\n')
    .filter((file) => file !== told);
}

test.each(['--version', '--help', 'validate', 'reference', 'create --help'])(
  'oxide %s starts without SSH and without the sandbox',
  (call) => {
    const cwd = testFolder();
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
    const files = loadedBy(cwd, call.split(' '));
    expect(files.length).toBeGreaterThan(1);
    // What ssh2 says first on each connection (its lib/protocol/Protocol.js), and a folder of the simulation.
    const heavy = /SSH-2\.0-|\/\/ src\/sandbox\/cloud\//;
    expect(files.filter((file) => heavy.test(readFileSync(file, 'utf8')))).toEqual([]);
  },
);
