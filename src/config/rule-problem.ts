import type { Path } from './source.js';

/** What a rule found, without the place in the file. */
export interface RuleProblem {
  readonly path: Path;
  readonly reason: string;
}
