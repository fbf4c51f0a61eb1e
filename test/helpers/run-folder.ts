import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder in that of this test run, with which it goes when nobody removes it before. */
export function runFolder(): string {
  return mkdtempSync(join(process.env['OXIDE_TEST_FOLDER'] ?? tmpdir(), 'oxide-test-'));
}
