import { mapTexts, visibleLine } from '../lib/visible.js';
import { createMarks, inAscii, type Marks } from './letters.js';
import { createPaints, type Paint } from './paint.js';

/** How a text may look where it is shown. */
export interface Looks {
  readonly color: boolean;
  /** Width of the terminal; undefined: as wide as the content. */
  readonly columns: number | undefined;
  /** Only what ASCII has; all letters unless given. */
  readonly ascii?: boolean | undefined;
}

/** Colours, or none, and marks: what the environment says is decided once, outside. */
export interface Style {
  readonly colored: boolean;
  readonly ascii: boolean;
  /** A text in the letters that may be used. */
  readonly letters: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly marks: Marks;
}

export function createStyle({ color, ascii = false }: Omit<Looks, 'columns'>): Style {
  const paints = createPaints(color);
  return {
    ...{ colored: color, ascii },
    letters: (text) => (ascii ? inAscii(text) : text),
    ...paints,
    marks: createMarks(paints, ascii),
  };
}

/** Data as it may be shown: nothing in it that a terminal would obey, in the letters that may be used. */
export function shownData<T>(data: T, looks: Omit<Looks, 'columns'>): T {
  const { letters } = createStyle(looks);
  return mapTexts(data, (text) => letters(visibleLine(text)));
}
