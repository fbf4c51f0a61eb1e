/**
 * Makes dist/ out of src/: the program and what it loads on demand, with source maps, the licences of
 * what is in it, and the JSON Schema of cluster.yaml. Types are checked by `npm run types`.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { rolldown } from 'rolldown';
import { licenceNotices } from './licences.js';
import { bundleOptions, project } from './project.js';

const dist = join(project, 'dist');

const bundle = await rolldown({
  ...bundleOptions,
  // Files that run stand two folders below the package, in dist/ as in src/: they find its other files.
  input: {
    'cli/main': 'src/cli/main.ts',
    'sandbox/talosctl/main': 'src/sandbox/talosctl/main.ts',
  },
});
rmSync(dist, { recursive: true, force: true });
// CommonJS starts faster than modules: without it, each file costs a turn of the loader.
const { output } = await bundle.write({
  dir: dist,
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: true,
});
await bundle.close();
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(join(dist, 'licences.txt'), licenceNotices(output));
execFileSync(process.execPath, [
  join(dist, 'cli', 'main.js'),
  ...['reference', '--format', 'json-schema', '--write', join(dist, 'cluster.schema.json')],
]);
