/**
 * Texts name commands deep inside, where nobody knows with which flags oxide was called. So a command
 * stands there between marks, and is spelled out where the text is shown: with the flags of this run, so
 * that it can be pasted. The marks are characters that Unicode keeps for a program's own use: no text
 * has them.
 */
export const marks = {
  begin: '\uFDD0',
  end: '\uFDD1',
  either: '\uFDD2',
  or: '\uFDD3',
  done: '\uFDD4',
  whole: '\uFDD5',
  rest: '\uFDD6',
};

/** Words that stand on one line, as a command does. */
export function heldTogether(words: string): string {
  return marks.whole + words + marks.rest;
}

const allMarks = /[\uFDD0-\uFDD6]/g;

/** The text without what says where its commands begin and end. */
export function withoutMarks(text: string): string {
  return text.replace(allMarks, '');
}

/** The words of a line; what stands between the marks of a command is one. */
export function wordsAround(line: string): string[] {
  const commands = /[\uFDD0\uFDD5][^\uFDD1\uFDD6]*[\uFDD1\uFDD6]/g;
  const held = line.replace(commands, (command) => command.replaceAll(' ', placeholder));
  return held.split(' ').map((word) => word.replaceAll(placeholder, ' '));
}

const placeholder = '\uFDD7';
