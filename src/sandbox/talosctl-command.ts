import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** The word that makes oxide's single executable be the stand-in for talosctl. */
export const standInWord = 'as-talosctl';

/** How the stand-in for talosctl is started. */
export function talosctlCommand(): { readonly file: string; readonly args: readonly string[] } {
  const file = process.execPath;
  if (isSea()) return { file, args: [standInWord] };
  // From dist/chunks/, where this is bundled, and from src/sandbox/ alike.
  const script = fileURLToPath(new URL('../sandbox/talosctl/main.js', import.meta.url));
  // Node warns of experimental features on stderr, which the real tool never does.
  return { file, args: ['--no-warnings', script] };
}
