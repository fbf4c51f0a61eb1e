import type { ReportEvent } from '../lib/report.js';
import { visibleLine } from '../lib/visible.js';
import { realClock } from '../lib/wait.js';
import type { UiReporter } from '../ui/render-options.js';
import type { CliIo } from './io.js';
import type { ProgressEvent } from './progress-event.js';

/**
 * The process with a stderr of nothing but events: text that is written there all the same becomes
 * one, and nobody is asked anything.
 */
export function withJsonProgress(io: CliIo): CliIo {
  const tell = (event: ProgressEvent): void => {
    const { type, ...more } = event;
    const line = JSON.stringify({ time: new Date(realClock.now()).toISOString(), type, ...more });
    io.stderr.write(`${visibleLine(line)}\n`);
  };
  const write = (text: string): boolean => {
    const message = text.trim();
    if (message !== '') tell({ type: 'text', message });
    return true;
  };
  return { ...io, stderr: { write, isTTY: false }, progress: tell };
}

/** A reporter that hands on events as they are; requests and tool calls with `--verbose` only. */
export function jsonReporter(tell: (event: ProgressEvent) => void, verbose: boolean): UiReporter {
  return {
    emit: (event) => {
      if (event.type !== 'debug' || verbose) tell(toProgress(event));
    },
    stop: () => undefined,
  };
}

function toProgress(event: ReportEvent): ProgressEvent {
  switch (event.type) {
    case 'step-start':
      return { type: 'step-began', step: event.id, message: event.title };
    case 'step-detail': {
      const { id: step, text: message, elapsedMs } = event;
      return { type: 'fact', step, message, elapsedMs: Math.round(elapsedMs) };
    }
    case 'step-done': {
      const { id: step, title: message, summary = null, unmet } = event;
      const elapsedMs = Math.round(event.elapsedMs);
      return { type: 'step-ended', step, message, elapsedMs, summary, unmet };
    }
    case 'step-failed': {
      const { id: step, title: message, elapsedMs } = event;
      return { type: 'step-failed', step, message, elapsedMs: Math.round(elapsedMs) };
    }
    default:
      return { type: event.type, message: event.message };
  }
}
