import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { projectFolder } from './source-files.js';

/** A TypeScript file with all that it imports from this project, as a script for Node. */
export interface Script {
  readonly path: string;
  remove(): void;
}

/** Makes a script that can run in a process of its own, in the form of what is published: it starts fastest. */
export async function bundled(entry: string): Promise<Script> {
  const cache = join(projectFolder, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'oxide-test-'));
  const bundle = await rolldown({
    input: join(projectFolder, entry),
    platform: 'node',
    tsconfig: false,
    // The compiled parts of ssh2: it does without them.
    external: ['cpu-features', /\.node$/],
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  // Nearer than the project's, which says that its files are modules.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const script = output.find((file) => file.type === 'chunk' && file.isEntry);
  if (!script) throw new Error(`${entry} became no script`);
  return {
    path: join(folder, script.fileName),
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
