import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { projectFolder } from './source-files.js';

/** A TypeScript file with all that it imports from this project, as a script for Node. */
export interface Script {
  readonly path: string;
  remove(): void;
}

/** Makes a script that can run in a process of its own. Packages are found where they are installed. */
export async function bundled(entry: string): Promise<Script> {
  const cache = join(projectFolder, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'oxide-test-'));
  const bundle = await rolldown({
    input: join(projectFolder, entry),
    platform: 'node',
    external: /^(node:|[^./\0])/,
  });
  // One file for each, so that imports keep their order: some packages want others loaded first.
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    preserveModules: true,
    preserveModulesRoot: projectFolder,
    entryFileNames: '[name].mjs',
  });
  await bundle.close();
  const script = output.find((file) => file.type === 'chunk' && file.isEntry);
  if (!script) throw new Error(`${entry} became no script`);
  return {
    path: join(folder, script.fileName),
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
