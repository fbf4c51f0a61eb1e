import { quote } from './shell.js';
import { heldTogether, marks, withoutMarks } from './command-marks.js';
import { mapTexts } from './visible.js';

const commandPattern = new RegExp(
  `${marks.begin}([^${marks.begin}${marks.end}]*)${marks.end}`,
  'g',
);
const choicePattern = new RegExp(
  `${marks.either}([^${marks.either}${marks.or}]*)${marks.or}([^${marks.either}${marks.done}]*)${marks.done}`,
  'g',
);

/** What is put into a command: a word, or several. */
type Words = string | number | readonly string[];

/** A command of oxide itself, without its name: oxide`scale worker --pool ${pool}`. */
export function oxide(literal: TemplateStringsArray, ...values: readonly Words[]): string {
  return `${marks.begin}oxide ${joined(literal, values)}${marks.end}`;
}

/** A command of another tool, without the flags that lead it to the cluster: tool`kubectl get nodes`. */
export function tool(literal: TemplateStringsArray, ...values: readonly Words[]): string {
  return `${marks.begin}${joined(literal, values)}${marks.end}`;
}

/** What is said of the real cloud, and what instead in a rehearsal. */
export function eitherCloud(real: string, rehearsed: string): string {
  return `${marks.either}${real}${marks.or}${rehearsed}${marks.done}`;
}

/** Where a project is looked at, and changed by hand. */
export const inTheConsole = eitherCloud(
  'in the Hetzner console',
  `with hcloud in ${oxide`sandbox shell`}`,
);

/** The last word on what only Hetzner can help with; in a rehearsal there is nobody to ask. */
export const hetznerStatus = eitherCloud(
  'Status: https://status.hetzner.com',
  'It is a rehearsal: Hetzner has nothing to do with it.',
);

/** Whether a text begins with a command. */
export function isCommand(text: string): boolean {
  return text.startsWith(marks.begin);
}

/** How commands are written in one run. */
export interface Spelling {
  readonly rehearsal: boolean;
  /** A command of oxide, without its name. */
  readonly own: (command: string) => string;
  /** A command of another tool, with its name. */
  readonly tool: (command: string) => string;
}

/**
 * The text with its commands written out, each still between marks: whoever wraps the text keeps them
 * whole. `spell` takes the marks away.
 */
export function writeOut(text: string, spelling: Spelling): string {
  return text
    .replace(choicePattern, (_, real: string, rehearsed: string) =>
      spelling.rehearsal ? rehearsed : real,
    )
    .replace(commandPattern, (_, command: string) => {
      const written = command.startsWith('oxide ')
        ? spelling.own(command.slice('oxide '.length))
        : spelling.tool(command);
      return heldTogether(written);
    });
}

/** The same in all texts of some data. */
export function writeOutData<T>(data: T, spelling: Spelling): T {
  return mapTexts(data, (text) => writeOut(text, spelling));
}

/** The text with its commands written out, as it is shown. */
export function spell(text: string, spelling: Spelling): string {
  return withoutMarks(writeOut(text, spelling));
}

/** The same in all texts of some data. */
export function spellData<T>(data: T, spelling: Spelling): T {
  return mapTexts(data, (text) => spell(text, spelling));
}

function joined(literal: TemplateStringsArray, values: readonly Words[]): string {
  return literal.reduce((text, part, index) => {
    const value = values[index - 1] ?? '';
    return `${text}${typeof value === 'object' ? value.map(quote).join(' ') : quote(String(value))}${part}`;
  });
}
