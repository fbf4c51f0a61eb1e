import type { Reporter } from '../lib/report.js';
import type { LineOptions } from './lines.js';

/** What a renderer works with. */
export interface RenderOptions extends LineOptions {
  readonly now: () => number;
}

export interface UiReporter extends Reporter {
  /** Takes the spinner away and gives the cursor back. Events may still follow. */
  stop(): void;
}
