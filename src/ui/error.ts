import { messageOf, OxideError } from '../lib/errors.js';
import { visibleText } from '../lib/visible.js';
import { createStyle, type Style } from './style.js';

interface ErrorOptions {
  readonly color: boolean;
  /** Adds what led to the error. */
  readonly verbose: boolean;
}

/**
 * An error for the eyes: what happened, and below it the next step. Anything that is not an
 * OxideError is a bug, and shown with all that a report needs.
 */
export function renderError(error: unknown, { color, verbose }: ErrorOptions): string {
  const style = createStyle(color);
  if (!(error instanceof OxideError)) return renderBug(error, style);
  const paragraphs = [what(error, style)];
  if (verbose) paragraphs.push(...causesOf(error).map((cause) => style.dim(`Cause: ${cause}`)));
  if (error.hint !== undefined) paragraphs.push(next(error.hint, style));
  return `${paragraphs.join('\n\n')}\n`;
}

function renderBug(error: unknown, style: Style): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const causes = causesOf(error).map((cause) => `Cause: ${cause}`);
  return `${[
    emphasized(indented(`This is a bug in oxide: ${messageOf(error)}`), style),
    [indented(stack), ...causes].join('\n'),
    next('Please report it in the issues of the oxide project, with the lines above.', style),
  ].join('\n\n')}\n`;
}

// Findings have a line each, often with a place in a file that editors find at its beginning.
function what({ message, findings }: OxideError, style: Style): string {
  if (findings.length === 0) return emphasized(indented(message), style);
  return emphasized(findings.map(indented).join('\n'), style);
}

/** Text of several lines: what others said in it never begins a line, as only oxide's own words do. */
function indented(text: string): string {
  return visibleText(text).replace(/\n(?! )/g, '\n  ');
}

// Colour would not help where there is much to read.
function emphasized(message: string, style: Style): string {
  return message.includes('\n') ? message : style.red(message);
}

function next(hint: string, style: Style): string {
  return `${style.cyan('→')} ${visibleText(hint).replaceAll('\n', '\n  ')}`;
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < 10) {
    causes.push(indented(messageOf(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}
