import type { Reporter } from '../lib/report.js';
import type { LineOptions } from './lines.js';
import { createPlainReporter } from './plain.js';
import { createStyle } from './style.js';
import { isTerminal } from './terminal.js';
import type { Mode, OutputStream } from './terminal.js';
import { createTtyReporter } from './tty.js';

export interface ReporterOptions {
  readonly stream: OutputStream;
  readonly mode: Mode;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Marks elapsed times that are not real ones: `simulated`. */
  readonly clockLabel?: string | undefined;
  /** Real milliseconds from any origin; the machine's unless told. */
  readonly now?: (() => number) | undefined;
}

/** What a renderer works with. */
export interface RenderOptions extends LineOptions {
  readonly now: () => number;
}

export interface UiReporter extends Reporter {
  /** Takes the spinner away and gives the cursor back. Events may still follow. */
  stop(): void;
}

/** A renderer of events, for people at a terminal or for logs. */
export function createReporter(options: ReporterOptions): UiReporter {
  const { stream, mode, verbose, color, clockLabel, now = () => performance.now() } = options;
  const rendering = { style: createStyle(color), verbose, clockLabel, now };
  return mode === 'tty' && isTerminal(stream)
    ? createTtyReporter(stream, rendering)
    : createPlainReporter(stream, rendering);
}
