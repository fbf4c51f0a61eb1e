import type { WriteStream } from 'node:tty';
import ora from 'ora';
import { lineOf } from './lines.js';
import type { RenderOptions, UiReporter } from './render-options.js';
import { RunningSteps } from './running-steps.js';

/** The spinner, the space after it, and the last column, where some terminals wrap. */
const spinnerMargin = 3;

/**
 * Progress on a terminal: a line for each finished step, and below them one spinner with the
 * steps under way. ora clears and redraws its line around everything else that is written.
 */
export function createTtyReporter(stream: WriteStream, options: RenderOptions): UiReporter {
  const { style } = options;
  const running = new RunningSteps(options.clockLabel);
  const spinner = ora({
    stream,
    isEnabled: true,
    color: style.level > 0 ? 'cyan' : false,
    // With raw input Ctrl-C would not reach the process as a signal while it is busy.
    discardStdin: false,
  });
  return {
    emit: (event) => {
      running.apply(event);
      const line = lineOf(event, options);
      if (running.size === 0 && spinner.isSpinning) spinner.stop();
      spinner.text = running.summarize(stream.columns - spinnerMargin);
      if (line !== undefined) stream.write(`${line}\n`);
      if (running.size > 0 && !spinner.isSpinning) spinner.start();
    },
    stop: () => {
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
