import { packageFile } from './package-file.js';

/** oxide's own version, from its package.json. */
export function version(): string {
  return (JSON.parse(packageFile('package.json')) as { version: string }).version;
}
