import { expect, test } from 'vitest';
import { gathered } from '../../src/lib/gathered.js';

/** Work that notes what it was asked for, and a way to let it begin. */
function setUp() {
  const begins: (() => void)[] = [];
  const asked: (readonly number[])[] = [];
  const twice = gathered(
    () => new Promise<void>((begin) => begins.push(begin)),
    (numbers: readonly number[]) => {
      asked.push(numbers);
      return Promise.resolve((one: number) => Promise.resolve(2 * one));
    },
  );
  return { twice, asked, begin: () => begins.shift()?.() };
}

test('one piece of work answers all who ask before it begins, each thing once', async () => {
  const { twice, asked, begin } = setUp();
  const answers = [twice(1), twice(2), twice(1)];
  begin();
  expect(await Promise.all(answers)).toEqual([2, 4, 2]);
  expect(asked).toEqual([[1, 2]]);
});

test('nobody gets an answer that is older than the question', async () => {
  const { twice, asked, begin } = setUp();
  const first = twice(1);
  begin();
  await first;
  const second = twice(1);
  begin();
  await second;
  expect(asked).toEqual([[1], [1]]);
});
