import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CliIo } from './io.js';

/** oxide's folder for what can be made anew at any time. */
export function cacheFolder(env: CliIo['env']): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'oxide');
}

/**
 * Node 22.8 and later keep what they compiled for the next run: in the user's own folder, because whoever
 * can write there decides what runs. Older ones compile anew.
 */
export function keepCompiled(env: CliIo['env']): void {
  const { enableCompileCache } = nodeModule as {
    readonly enableCompileCache?: (folder: string) => unknown;
  };
  enableCompileCache?.(join(cacheFolder(env), 'compiled'));
}
