import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/** A file of oxide's own package; the single executable has it within itself. */
export function packageFile(name: 'package.json' | 'cluster.example.yaml'): string {
  if (isSea()) return getAsset(name, 'utf8');
  // All files that run stand two folders below the package: src/cli/, dist/cli/ and dist/chunks/.
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}
