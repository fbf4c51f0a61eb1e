import { spell, writeOut, type Spelling } from '../lib/commands.js';
import { messageOf, OxideError } from '../lib/errors.js';
import { visibleText } from '../lib/visible.js';
import { createStyle, type Looks, type Style } from './style.js';
import { hanging, wrapLine } from './wrap.js';

interface ErrorOptions extends Looks {
  /** Adds what led to the error. */
  readonly verbose: boolean;
  readonly spelling: Spelling;
}

/**
 * An error for the eyes: what happened, and below it the next step. Anything that is not an
 * OxideError is a bug, and shown with all that a report needs.
 */
export function renderError(error: unknown, options: ErrorOptions): string {
  const style = createStyle(options);
  const { columns, verbose, spelling } = options;
  const text = textOf(error, { style, columns, verbose, spelling });
  return style.letters(spell(text, spelling));
}

interface Rendering extends Pick<ErrorOptions, 'spelling'> {
  readonly style: Style;
  readonly columns: number | undefined;
  readonly verbose: boolean;
}

function textOf(error: unknown, rendering: Rendering): string {
  if (!(error instanceof OxideError)) return renderBug(error, rendering);
  const { style, columns, verbose, spelling } = rendering;
  const spelled = (text: string): string => writeOut(text, spelling);
  const { message, findings } = error;
  // Findings have a line each, often with a place in a file that editors find at its beginning.
  const paragraphs = [
    emphasized((findings.length === 0 ? [message] : findings).map(spelled), rendering),
  ];
  if (verbose) {
    const causes = causesOf(error).map((cause) => indented(spelled(`Cause: ${cause}`), columns));
    paragraphs.push(...causes.map(style.dim));
  }
  if (error.hint !== undefined) paragraphs.push(next(spelled(error.hint), rendering));
  return `${paragraphs.join('\n\n')}\n`;
}

/** Its stack stays as it is, because machines read it. */
function renderBug(error: unknown, rendering: Rendering): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const causes = causesOf(error).map((cause) => indented(`Cause: ${cause}`, undefined));
  return `${[
    emphasized([`This is a bug in oxide: ${messageOf(error)}`], rendering),
    [indented(stack, undefined), ...causes].join('\n'),
    next('Please report it in the issues of the oxide project, with the lines above.', rendering),
  ].join('\n\n')}\n`;
}

/**
 * Text of several lines: what others said in it never begins a line, as only oxide's own words do, and
 * neither does what was wrapped.
 */
function indented(text: string, columns: number | undefined): string {
  return visibleText(text)
    .split('\n')
    .map((line, index) => {
      const [own = ''] = /^ */.exec(line) ?? [];
      const blanks = index > 0 && own === '' ? '  ' : own;
      const width = columns === undefined ? undefined : columns - blanks.length;
      const parts = wrapLine(line.slice(own.length), width, 2);
      return blanks + parts.join(`\n${blanks}  `);
    })
    .join('\n');
}

// Colour would not help where there is much to read.
function emphasized(texts: readonly string[], { style, columns }: Rendering): string {
  const text = texts.map((one) => indented(one, columns)).join('\n');
  return texts.some((one) => one.includes('\n')) || texts.length > 1 ? text : style.red(text);
}

function next(hint: string, { style, columns }: Rendering): string {
  return hanging(`${style.marks.next} `, visibleText(hint), columns);
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < 10) {
    causes.push(messageOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}
