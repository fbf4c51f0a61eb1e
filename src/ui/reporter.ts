import type { ReportEvent } from '../lib/report.js';
import { mapTexts, visibleLine, visibleText } from '../lib/visible.js';
import type { UiReporter } from './render-options.js';
import { createPlainReporter } from './plain.js';
import { createStyle } from './style.js';
import { columnsOf, isTerminal, type Mode, type OutputStream } from './terminal.js';
import { createTtyReporter } from './tty.js';

export interface ReporterOptions {
  readonly stream: OutputStream;
  readonly mode: Mode;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Only what ASCII has; all letters unless given. */
  readonly ascii?: boolean | undefined;
  /** On a terminal, steps that got what they asked for leave no line: the result says it all. */
  readonly brief?: boolean | undefined;
  /** Marks elapsed times that are not real ones: `simulated`. */
  readonly clockLabel?: string | undefined;
  /** Real milliseconds from any origin; the machine's unless told. */
  readonly now?: (() => number) | undefined;
}

/** A renderer of events, for people at a terminal or for logs. */
export function createReporter(options: ReporterOptions): UiReporter {
  const {
    stream,
    mode,
    verbose,
    clockLabel,
    brief = false,
    now = () => performance.now(),
  } = options;
  const style = createStyle(options);
  const columns = (): number | undefined => columnsOf(stream);
  const rendering = { style, verbose, clockLabel, columns, now };
  const renderer =
    mode === 'tty' && isTerminal(stream)
      ? createTtyReporter(stream, { ...rendering, brief: brief && !verbose })
      : createPlainReporter(stream, rendering);
  return {
    emit: (event) => {
      renderer.emit(mapTexts(visibleEvent(event), style.letters));
    },
    stop: () => {
      renderer.stop();
    },
  };
}

/** An event whose texts a terminal shows and does not obey. Colours come later, and are oxide's own. */
function visibleEvent(event: ReportEvent): ReportEvent {
  switch (event.type) {
    case 'step-start':
    case 'step-failed':
      return { ...event, title: visibleLine(event.title) };
    case 'step-done':
      return {
        ...event,
        title: visibleLine(event.title),
        summary: event.summary && visibleLine(event.summary),
      };
    case 'step-detail':
      return { ...event, text: visibleText(event.text) };
    case 'note':
    case 'warning':
    case 'debug':
      return { ...event, message: visibleText(event.message) };
  }
}
