import { lineOf } from './lines.js';
import type { RenderOptions, UiReporter } from './reporter.js';
import { RunningSteps } from './running-steps.js';
import { oneLine } from './style.js';
import type { OutputStream } from './terminal.js';

/** A log that was silent for this long gets the present fact of a running step. */
const silenceMs = 15_000;

/** Progress in logs: a line for each finished step, and a sign of life during long ones. */
export function createPlainReporter(stream: OutputStream, options: RenderOptions): UiReporter {
  const { style, now } = options;
  const running = new RunningSteps();
  const shown = new Map<number, string>();
  let lastWrite = now();
  const write = (line: string): void => {
    stream.write(`${line}\n`);
    lastWrite = now();
  };
  return {
    emit: (event) => {
      running.apply(event);
      const line = lineOf(event, options);
      if (line !== undefined) write(line);
      if (event.type !== 'step-detail') return;
      const detail = oneLine(event.text);
      const title = running.titleOf(event.id);
      if (title === undefined || shown.get(event.id) === detail) return;
      if (now() - lastWrite < silenceMs) return;
      shown.set(event.id, detail);
      write(style.dim(`  ${title}: ${detail}`));
    },
    stop: () => undefined,
  };
}
