import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * True when no folder of the PATH has this program. Programs with a path of their own, and the rules of
 * Windows, are left to the system, which says the same somewhat later.
 */
export function isMissing(program: string, env: Readonly<Record<string, string>>): boolean {
  const path = env['PATH'];
  if (path === undefined || process.platform === 'win32' || program.includes('/')) return false;
  return !path.split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

/** What is said of a program that cannot be started. */
export function notFound(program: string): string {
  return `${program} was not found, or is not executable`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
