/**
 * Makes dist/binary/oxide: oxide and the Node.js that runs this script as one executable, for machines
 * without Node.js (https://nodejs.org/api/single-executable-applications.html).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import postject from 'postject';
import { rolldown } from 'rolldown';
import { bundleOptions, project } from './project.js';

const folder = join(project, 'dist', 'binary');
const scratch = join(project, 'node_modules', '.cache', 'oxide-binary');
const executable = join(folder, process.platform === 'win32' ? 'oxide.exe' : 'oxide');
for (const path of [folder, scratch]) {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
}

// One file: an executable has no others to load when they are needed.
const main = join(scratch, 'main.cjs');
const bundle = await rolldown({ ...bundleOptions, input: 'src/cli/main.ts' });
await bundle.write({ file: main, format: 'cjs', codeSplitting: false });
await bundle.close();

const blob = join(scratch, 'oxide.blob');
const config = join(scratch, 'sea.json');
const assets = ['package.json', 'cluster.example.yaml'];
writeFileSync(
  config,
  JSON.stringify({
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    // What compiling would cost at each start.
    useCodeCache: true,
    assets: Object.fromEntries(assets.map((name) => [name, join(project, name)])),
  }),
);
execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });

copyFileSync(process.execPath, executable);
chmodSync(executable, 0o755);
const mac = process.platform === 'darwin';
// A signature that no longer fits keeps macOS from starting it.
if (mac) execFileSync('codesign', ['--remove-signature', executable]);
await postject.inject(executable, 'NODE_SEA_BLOB', readFileSync(blob), {
  // The mark that Node.js looks for in itself; it is the same in all of its versions.
  sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  ...(mac ? { machoSegmentName: 'NODE_SEA' } : {}),
});
if (mac) execFileSync('codesign', ['--sign', '-', executable]);
copyFileSync(join(project, 'dist', 'licences.txt'), join(folder, 'licences.txt'));
process.stdout.write(`${executable}\n`);
