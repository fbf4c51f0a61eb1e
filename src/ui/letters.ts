import type { Paints } from './paint.js';

/** What stands before a line and says what it is. Each is followed by a blank. */
export interface Marks {
  readonly done: string;
  /** It ended without what it asked for, and the run goes on. */
  readonly unmet: string;
  readonly failed: string;
  readonly note: string;
  readonly warning: string;
  /** The next step. */
  readonly next: string;
  readonly differs: string;
  readonly kept: string;
  readonly create: string;
  readonly update: string;
  readonly delete: string;
}

/** The marks in their colours. */
export function createMarks(paint: Paints, ascii: boolean): Marks {
  const either = (mark: string, plain: string): string => (ascii ? plain : mark);
  return {
    done: paint.green(either('✔', 'ok')),
    unmet: paint.yellow('!'),
    failed: paint.red(either('✖', 'failed:')),
    note: paint.blue(either('ℹ', 'i')),
    warning: paint.yellow(either('⚠', '!')),
    next: paint.cyan(either('→', '->')),
    differs: paint.yellow(either('≠', '!=')),
    kept: paint.blue('='),
    create: paint.green('+'),
    update: paint.yellow('~'),
    delete: paint.red('-'),
  };
}

const plainForms: Readonly<Record<string, string>> = {
  ...{ '→': '->', '…': '...', '·': '-', '≠': '!=', '✔': 'ok', '✖': 'failed:', '⚠': '!', ℹ: 'i' },
  ...{ '€': 'EUR ', '–': '-', '—': '-', '“': '"', '”': '"', '’': "'", '×': 'x', '≤': '<=' },
};

/** oxide's own signs in ASCII. Letters of others' names stay: nobody could say what else they are. */
export function inAscii(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (sign) => plainForms[sign] ?? sign);
}
