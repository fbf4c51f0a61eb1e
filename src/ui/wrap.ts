import { stripVTControlCharacters } from 'node:util';
import { withoutMarks, wordsAround } from '../lib/command-marks.js';

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/gu;
const narrow = /\p{Mark}/gu;

/**
 * How many columns a text takes, colours not counted. Errors are shown by what is loaded at every start, so
 * this does without a library.
 */
export function widthOf(text: string): number {
  const plain = withoutMarks(stripVTControlCharacters(text));
  if (/^\p{ASCII}*$/u.test(plain)) return plain.length;
  const seen = plain.replace(narrow, '');
  return Array.from(seen).length + (seen.match(wide)?.length ?? 0);
}

/** Fills up with spaces on the right, colours not counted. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - widthOf(text), 0));
}

/** Fills up with spaces on the left, colours not counted. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(width - widthOf(text), 0)) + text;
}

/** A text as one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** At most `width` columns of whole words; what is missing is shown by `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) > Math.max(width - 1, 0)) break;
    kept += character;
  }
  const words = kept.lastIndexOf(' ') + 1;
  return `${words > 0 ? kept.slice(0, words) : kept}…`;
}

/**
 * A line as lines of at most `width` columns, broken between words. A word that is longer has a line of
 * its own and stays whole, and so does a command: with a line break in it, it could not be pasted. All but
 * the first leave room for `indent`.
 */
export function wrapLine(line: string, width: number | undefined, indent = 0): string[] {
  if (width === undefined || widthOf(line) <= width) return [line];
  const lines: string[] = [];
  let current: string | undefined;
  for (const word of wordsOf(line)) {
    const longer: string = current === undefined ? word : `${current} ${word}`;
    const room = lines.length === 0 ? width : width - indent;
    if (current === undefined || widthOf(longer) <= room) {
      current = longer;
    } else {
      lines.push(current.trimEnd());
      current = word === '' ? undefined : word;
    }
  }
  return [...lines, current ?? ''];
}

/**
 * A text behind what leads it: a mark or a name. Its further lines stand below its beginning and keep their
 * own indentation; what is wrapped of one of several lines is indented more than the next one.
 */
export function hanging(lead: string, text: string, columns: number | undefined): string {
  const indent = widthOf(lead);
  const further = text.includes('\n') ? '  ' : '';
  const lines = text.split('\n').flatMap((line) => {
    const [blanks = ''] = /^ */.exec(line) ?? [];
    const room = columns === undefined ? undefined : columns - indent - blanks.length;
    const [first = '', ...more] = wrapLine(line.slice(blanks.length), room, further.length);
    return [blanks + first, ...more.map((part) => blanks + further + part)];
  });
  return lead + lines.join(`\n${' '.repeat(indent)}`);
}

/** Lines as a text, each wrapped below what leads it: its blanks, and a name before two blanks. */
export function asText(lines: readonly string[], columns: number | undefined): string {
  return lines
    .flatMap((text) => text.split('\n'))
    .map((line) => {
      const [lead = ''] = /^ *(?:\S+(?: \S+)* {2,})?/.exec(line) ?? [];
      return `${hanging(lead, line.slice(lead.length), columns)}\n`;
    })
    .join('');
}

/**
 * The words of a line. A command for the shell is one, with the prompt before it: it begins the line or follows a
 * colon, and ends it.
 */
function wordsOf(line: string): string[] {
  const [, before = '', command] =
    /^(?:(.*?: ))?((?:\$ )?(?:oxide|kubectl|talosctl|helm|hcloud) .*[^.])$/.exec(line) ?? [];
  if (command === undefined || /[.,;] |\(/.test(command)) return signed(wordsAround(line));
  return [...before.split(' ').filter((word) => word !== ''), command];
}

/** A sign stands beside what it is about: `+ udp 51820`. */
function signed(words: readonly string[]): string[] {
  return words.reduce<string[]>((joined, word) => {
    const last = joined.at(-1);
    return last === '+' || last === '-' ? joined.with(-1, `${last} ${word}`) : [...joined, word];
  }, []);
}
