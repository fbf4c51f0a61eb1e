import { UsageError } from '../lib/errors.js';
import type { GlobalOptions } from './io.js';

/** Refuses `--json` for a command that hands its output to other programs. */
export function demandText({ json }: GlobalOptions, command: string, hint: string): void {
  if (!json) return;
  throw new UsageError(`"oxide ${command}" has no result that could be one JSON document`, hint);
}
