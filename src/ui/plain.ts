import { lineOf } from './lines.js';
import type { RenderOptions, UiReporter } from './render-options.js';
import { RunningSteps } from './running-steps.js';
import { hanging, oneLine } from './wrap.js';
import type { OutputStream } from './terminal.js';

/** A log that was silent for this long gets the new fact of a running step. */
const silenceMs = 15_000;
/** The same fact again is only a sign of life, and those are rare. */
const signOfLifeMs = 60_000;

/** Progress in logs: a line for each finished step, and a sign of life during long ones. */
export function createPlainReporter(stream: OutputStream, options: RenderOptions): UiReporter {
  const { style, now } = options;
  const running = new RunningSteps(options.clockLabel);
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
      const progress = running.lineOf(event.id);
      const isKnown = shown.get(event.id) === detail;
      if (progress === undefined || now() - lastWrite < (isKnown ? signOfLifeMs : silenceMs))
        return;
      shown.set(event.id, detail);
      write(style.dim(hanging('  ', progress, options.columns())));
    },
    stop: () => undefined,
  };
}
