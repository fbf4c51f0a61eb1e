/** How many letters have to be put in, taken out or changed to make one word the other (Levenshtein). */
export function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let at = 1; at <= other.length; at++) {
      const changed = (above[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1);
      line.push(Math.min(changed, (above[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[other.length] ?? 0;
}

/** The first of the words that are nearest to this one; an empty word when there are none. */
export function closest(word: string, words: readonly string[]): string {
  const [first = '', ...others] = words;
  return others.reduce(
    (best, other) => (distance(word, other) < distance(word, best) ? other : best),
    first,
  );
}
