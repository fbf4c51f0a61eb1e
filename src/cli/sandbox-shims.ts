import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../lib/files.js';
import type { Surroundings } from './world.js';

/** Writes small scripts that start the sandbox's tools under their own names. Returns their folder. */
export async function writeShims(sandbox: string, { commands }: Surroundings): Promise<string> {
  const folder = join(sandbox, 'bin');
  await ensurePrivateFolder(folder);
  for (const [name, { file, args }] of Object.entries(commands)) {
    const words = [file, ...args].map((word) => `"${word}"`).join(' ');
    await writeFile(join(folder, `${name}.cmd`), `@${words} %*\r\n`);
    await writeFile(join(folder, name), `#!/bin/sh\nexec ${words} "$@"\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}
