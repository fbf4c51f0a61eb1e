import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepServiceAccountKey } from './service-account-key.js';

/** The folder in memory that Linux has; a rehearsal takes less than a megabyte of it. */
const shared = '/dev/shm';
const neededBytes = 256 * 1024 * 1024;

/**
 * Once a test run: a folder for all rehearsals. They flush hundreds of files each, which is waiting for
 * a disk and costs next to nothing in memory. Whatever they leave goes with it.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(hasRoom() ? shared : tmpdir(), 'oxide-tests-'));
  keepServiceAccountKey(folder);
  process.env['OXIDE_TEST_FOLDER'] = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

function hasRoom(): boolean {
  try {
    accessSync(shared, constants.W_OK);
    const { bavail, bsize } = statfsSync(shared);
    return bavail * bsize > neededBytes;
  } catch {
    return false;
  }
}
