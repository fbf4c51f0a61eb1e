import { Chalk } from 'chalk';

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

/** Colours, or none: what the environment says is decided outside, and chalk is not asked. */
export function createPaints(color: boolean): Paints {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    red: (text) => chalk.red(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    blue: (text) => chalk.blue(text),
    cyan: (text) => chalk.cyan(text),
  };
}
