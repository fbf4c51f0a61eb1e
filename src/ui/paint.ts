/** A text in a look. */
export type Paint = (text: string) => string;

/** The looks that oxide uses. */
export interface Paints {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
}

/** The numbers are those of ECMA-48, 8.3.117: what begins a look, and what ends it. */
export function createPaints(color: boolean): Paints {
  const paint = (begin: number, end: number): Paint =>
    color ? painter(`\u001b[${begin}m`, `\u001b[${end}m`) : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    blue: paint(34, 39),
    cyan: paint(36, 39),
  };
}

/** What another paint ended within the text goes on after it, and no line break is painted. */
function painter(begin: string, end: string): Paint {
  return (text) => {
    if (text === '') return '';
    const inner = text.replaceAll(end, begin).replaceAll('\n', `${end}\n${begin}`);
    return `${begin}${inner}${end}`;
  };
}
