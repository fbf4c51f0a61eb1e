import { describe, expect, test } from 'vitest';
import { remembered } from '../../src/sandbox/remembered.js';

/** A reader that notes what it reads, and refuses what is empty. */
function reader(last: number): { read: (text: string) => object; seen: string[] } {
  const seen: string[] = [];
  const read = remembered(
    (text) => {
      seen.push(text);
      if (text === '') throw new Error('empty');
      return { text };
    },
    { last },
  );
  return { read, seen };
}

describe('a reader that remembers', () => {
  test('reads a text once, and gives the same again', () => {
    const { read, seen } = reader(2);
    expect(read('a')).toBe(read('a'));
    expect(seen).toEqual(['a']);
  });

  test('forgets what was not asked for longest', () => {
    const { read, seen } = reader(2);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) read(text);
    expect(seen).toEqual(['a', 'b', 'c', 'b']);
  });

  test('tries again what could not be read', () => {
    const { read, seen } = reader(2);
    for (let i = 0; i < 2; i++) expect(() => read('')).toThrow('empty');
    expect(seen).toEqual(['', '']);
  });
});
