import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** What all bundles have in common. */
export const bundleOptions = {
  cwd: project,
  platform: 'node',
  tsconfig: false,
  // The demonstration plays other commands, so it has them with it.
  checks: { ineffectiveDynamicImport: false },
};
