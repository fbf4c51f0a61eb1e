import type { WriteStream } from 'node:tty';
import ora from 'ora';
import { lineOf } from './lines.js';
import type { RenderOptions, UiReporter } from './render-options.js';
import { RunningSteps } from './running-steps.js';

/** The spinner, the space after it, and the last column, where some terminals wrap. */
const spinnerMargin = 3;
/** What `...` takes more than `…`, of which a cut line has two at most. */
const plainDots = 4;

interface TtyOptions extends RenderOptions {
  /** Steps that got what they asked for leave no line. */
  readonly brief: boolean;
}

/**
 * Progress on a terminal: a line for each finished step, and below them one spinner with the
 * steps under way. ora clears and redraws its line around everything else that is written.
 */
export function createTtyReporter(stream: WriteStream, options: TtyOptions): UiReporter {
  const { style, brief } = options;
  const running = new RunningSteps(options.clockLabel);
  const spinner = ora({
    stream,
    isEnabled: true,
    color: style.colored ? 'cyan' : false,
    ...(style.ascii ? { spinner: 'line' } : {}),
    // With raw input Ctrl-C would not reach the process as a signal while it is busy.
    discardStdin: false,
  });
  return {
    emit: (event) => {
      running.apply(event);
      const passing = brief && event.type === 'step-done' && !event.unmet;
      const line = passing ? undefined : lineOf(event, options);
      if (running.size === 0 && spinner.isSpinning) spinner.stop();
      spinner.text = style.letters(
        running.summarize(stream.columns - spinnerMargin - (style.ascii ? plainDots : 0)),
      );
      if (line !== undefined) stream.write(`${line}\n`);
      if (running.size > 0 && !spinner.isSpinning) spinner.start();
    },
    stop: () => {
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
