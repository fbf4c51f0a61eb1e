import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../helpers/source-files.js';
import type { Numbers } from './rows.js';

/** Figures of the bench that are kept with the code. */
export interface Recorded {
  /** As they were when the bench was made. */
  readonly before: Numbers;
  /** As the last bench had them. */
  readonly now: Numbers;
  /** Those of small clusters, which the tests measure again. */
  readonly small: Numbers;
}

const file = join(projectFolder, 'test', 'bench', 'recorded.json');

export function recorded(): Recorded {
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}

export function writeRecorded(figures: Recorded): void {
  const rounded = JSON.stringify(
    figures,
    (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value),
    2,
  );
  writeFileSync(file, `${rounded}\n`);
}
