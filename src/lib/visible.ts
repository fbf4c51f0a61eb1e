/**
 * What a terminal obeys or hides instead of showing it: control characters, line and paragraph
 * separators, marks that turn the direction of text, and characters without width.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const short = shortForms[character];
  if (short !== undefined) return short;
  // Both halves of a pair, so that it is right in JSON as well.
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}

/** Text of others as part of a line: what a terminal would obey or hide is written out, `\u001b`. */
export function visibleLine(text: string): string {
  return text.replace(unseen, escaped);
}

/** Text of several lines: its line breaks and tabs stay, all else is as in `visibleLine`. */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(unseen, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
}

/** Data with every text in it made visible, each as part of a line. Objects of classes stay. */
export function visibleData<T>(data: T): T {
  return mapTexts(data, visibleLine);
}

/** Data with every text in it as `map` makes it. Objects of classes stay. */
export function mapTexts<T>(data: T, map: (text: string) => string): T;
export function mapTexts(data: unknown, map: (text: string) => string): unknown {
  if (typeof data === 'string') return map(data);
  if (Array.isArray(data)) return data.map((item) => mapTexts<unknown>(item, map));
  if (!isPlain(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, mapTexts<unknown>(value, map)]),
  );
}

function isPlain(data: unknown): data is Readonly<Record<string, unknown>> {
  return (
    typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype
  );
}
