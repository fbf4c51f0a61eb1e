import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What all bundles have in common. */
export const bundleOptions = {
  cwd: project,
  platform: 'node',
  tsconfig: false,
  // The compiled parts of ssh2: it does without them.
  external: ['cpu-features', /\.node$/],
  // The demonstration plays other commands, so it has them with it.
  checks: { ineffectiveDynamicImport: false },
  plugins: [{ name: 'commander starts no programs', transform: withoutPrograms }],
};

/** Commander could start programs as commands; oxide has none, and loading what starts them takes 5 ms. */
function withoutPrograms(code, id) {
  if (!id.endsWith('/commander/lib/command.js')) return null;
  const line = "const childProcess = require('node:child_process');\n";
  if (!code.includes(line)) throw new Error(`${id} has changed: is "${line.trim()}" still there?`);
  // As long as before, so that the source map stays right.
  return { code: code.replace(line, `${' '.repeat(line.length - 1)}\n`), map: null };
}
