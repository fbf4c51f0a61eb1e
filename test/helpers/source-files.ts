import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** A source file; the path is relative to `src/` and has slashes. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** All TypeScript files below `src/`. */
export function readSources(): readonly SourceText[] {
  const folder = join(projectFolder, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({
      path: name.split(sep).join('/'),
      text: readFileSync(join(folder, name), 'utf8'),
    }));
}
