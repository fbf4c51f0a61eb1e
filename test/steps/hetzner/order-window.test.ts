import { expect, test } from 'vitest';
import { OrderWindow } from '../../../src/steps/hetzner/order-window.js';

/** Orders that end when they are told to, in a window. */
function setUp() {
  const window = new OrderWindow();
  const ends: ((result: true | undefined) => void)[] = [];
  const order = (isAlone = false) =>
    window.pass(
      () => new Promise<true | undefined>((end) => ends.push(end)),
      () => isAlone,
    );
  const settle = () => new Promise((done) => setImmediate(done));
  return {
    order,
    /** How many are under way. */
    underWay: async () => {
      await settle();
      return ends.length;
    },
    end: (result: true | undefined = true) => ends.shift()?.(result),
  };
}

test('the first goes alone, then twice as many after each success, ten at most', async () => {
  const { order, underWay, end } = setUp();
  for (let i = 0; i < 40; i++) void order();
  const seen: number[] = [];
  for (let i = 0; i < 6; i++) {
    seen.push(await underWay());
    end();
  }
  expect(seen).toEqual([1, 2, 4, 8, 10, 10]);
});

test('after a refusal they go one by one again', async () => {
  const { order, underWay, end } = setUp();
  for (let i = 0; i < 40; i++) void order();
  for (let i = 0; i < 5; i++) {
    await underWay();
    end();
  }
  end(undefined);
  while ((await underWay()) > 1) end(undefined);
  expect(await underWay()).toBe(1);
});

test('nothing else is under way with one that goes alone', async () => {
  const { order, underWay, end } = setUp();
  void order();
  await underWay();
  end();
  void order();
  void order(true);
  void order();
  expect(await underWay()).toBe(1);
  end();
  expect(await underWay()).toBe(1);
});
