import { expect, test } from 'vitest';
import { closest, distance } from '../../src/lib/nearest.js';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['create', 'create', 0],
  ['craete', 'create', 2],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
])('from %j to %j it is %i', (one, other, steps) => {
  expect(distance(one, other)).toBe(steps);
  expect(distance(other, one)).toBe(steps);
});

test('the nearest word is the first of those that are equally near', () => {
  expect(closest('cuont', ['name', 'count', 'cout'])).toBe('count');
  expect(closest('a', ['b', 'c'])).toBe('b');
  expect(closest('a', [])).toBe('');
});
