import { chmod, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { ensurePrivateFolder } from '../lib/files.js';
import { quote } from '../lib/shell.js';
import type { Surroundings } from './world.js';

/** Where a sandbox's tools stand under their own names; it comes first on the PATH of a shell in it. */
function shimFolder(sandbox: string): string {
  return join(sandbox, 'bin');
}

/** A PATH without the sandbox's own scripts: what is found there is the user's. */
export function withoutShims(path: string, sandbox: string): string {
  return path
    .split(delimiter)
    .filter((folder) => folder !== shimFolder(sandbox))
    .join(delimiter);
}

/**
 * Writes small scripts that start the sandbox's tools under their own names. Returns their folder.
 * What is on the user's PATH gets none: it is found there, and its script would find itself.
 */
export async function writeShims(
  sandbox: string,
  { commands }: Pick<Surroundings, 'commands'>,
): Promise<string> {
  const folder = shimFolder(sandbox);
  await ensurePrivateFolder(folder);
  for (const [name, { file, args }] of Object.entries(commands)) {
    const [script, batch] = [join(folder, name), join(folder, `${name}.cmd`)];
    if (basename(file) === file) {
      await Promise.all([rm(script, { force: true }), rm(batch, { force: true })]);
      continue;
    }
    const words = [file, ...args];
    await writeFile(batch, `@${words.map((word) => `"${word}"`).join(' ')} %*\r\n`);
    await writeFile(script, `#!/bin/sh\nexec ${words.map(quote).join(' ')} "$@"\n`);
    await chmod(script, 0o755);
  }
  return folder;
}
