import { heldTogether, withoutMarks } from '../lib/command-marks.js';
import { formatDuration } from '../lib/format.js';
import type { ReportEvent } from '../lib/report.js';
import type { Style } from './style.js';
import { hanging } from './wrap.js';

export interface LineOptions {
  readonly style: Style;
  readonly verbose: boolean;
  /** Marks elapsed times that are not real ones: `simulated`. */
  readonly clockLabel: string | undefined;
  /** Width of the terminal at this moment; undefined: as wide as the content. */
  readonly columns: () => number | undefined;
}

/** The lasting lines of an event; undefined when it leaves none. */
export function lineOf(event: ReportEvent, options: LineOptions): string | undefined {
  const line = markedLine(event, options);
  return line && withoutMarks(line);
}

function markedLine(event: ReportEvent, options: LineOptions): string | undefined {
  const { style, verbose } = options;
  const { marks } = style;
  const columns = options.columns();
  switch (event.type) {
    case 'step-done':
      return doneLine(event, options);
    case 'step-failed':
      return titleLine(marks.failed, event, options);
    case 'note':
      return hanging(`${marks.note} `, event.message, columns);
    case 'warning':
      return hanging(`${marks.warning} `, event.message, columns);
    case 'debug':
      return verbose ? style.dim(hanging('  ', event.message, undefined)) : undefined;
    case 'step-start':
    case 'step-detail':
      return undefined;
  }
}

interface EndedStep {
  readonly title: string;
  readonly elapsedMs: number;
}

function titleLine(mark: string, { title, elapsedMs }: EndedStep, options: LineOptions): string {
  const { style, clockLabel } = options;
  const elapsed = style.dim(heldTogether(elapsedText(elapsedMs, clockLabel)));
  return hanging(`${mark} `, `${title} ${elapsed}`, options.columns());
}

/** What came out stands beside the title, or below it when there is no room. */
function doneLine(
  event: Extract<ReportEvent, { type: 'step-done' }>,
  options: LineOptions,
): string {
  const { marks } = options.style;
  const mark = event.unmet ? marks.unmet : marks.done;
  if (!event.summary) return titleLine(mark, event, options);
  const columns = options.columns();
  const beside = titleLine(mark, { ...event, title: `${event.title}  ${event.summary}` }, options);
  if (columns === undefined || !beside.includes('\n')) return beside;
  return `${titleLine(mark, event, options)}\n${hanging('    ', event.summary, columns)}`;
}

/** `(1m 20s)`, `(1m 20s simulated)` */
export function elapsedText(ms: number, clockLabel: string | undefined): string {
  return `(${formatDuration(ms)}${clockLabel === undefined ? '' : ` ${clockLabel}`})`;
}
