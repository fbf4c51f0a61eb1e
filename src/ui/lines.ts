import { formatDuration } from '../lib/format.js';
import type { ReportEvent } from '../lib/report.js';
import type { Style } from './style.js';

export interface LineOptions {
  readonly style: Style;
  readonly verbose: boolean;
  /** Marks elapsed times that are not real ones: `simulated`. */
  readonly clockLabel: string | undefined;
}

/** The lasting line of an event; undefined when it leaves none. */
export function lineOf(event: ReportEvent, options: LineOptions): string | undefined {
  const { style, verbose, clockLabel } = options;
  const elapsed = (ms: number): string => style.dim(elapsedText(ms, clockLabel));
  switch (event.type) {
    case 'step-done': {
      const summary = event.summary ? `  ${event.summary}` : '';
      return `${style.green('✔')} ${event.title}${summary} ${elapsed(event.elapsedMs)}`;
    }
    case 'step-failed':
      return `${style.red('✖')} ${event.title} ${elapsed(event.elapsedMs)}`;
    case 'note':
      return `${style.blue('ℹ')} ${indented(event.message)}`;
    case 'warning':
      return `${style.yellow('⚠')} ${indented(event.message)}`;
    case 'debug':
      return verbose ? style.dim(`  ${indented(event.message)}`) : undefined;
    case 'step-start':
    case 'step-detail':
      return undefined;
  }
}

/** `(1m 20s)`, `(1m 20s simulated)` */
export function elapsedText(ms: number, clockLabel: string | undefined): string {
  return `(${formatDuration(ms)}${clockLabel === undefined ? '' : ` ${clockLabel}`})`;
}

function indented(message: string): string {
  return message.replaceAll('\n', '\n  ');
}
