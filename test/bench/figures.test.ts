import { expect, test } from 'vitest';
import { recorded } from './recorded.js';
import { smallFigures } from './small.js';

/** More than this share above what was recorded is a change that somebody has to mean. */
const tolerance = 0.05;

test('no figure is worse than the one that was recorded', { timeout: 120_000 }, async () => {
  const { small } = recorded();
  const now = await smallFigures();
  expect(Object.keys(now)).toEqual(Object.keys(small));
  const worse = Object.entries(now).flatMap(([name, value]) =>
    value > (small[name] ?? 0) * (1 + tolerance)
      ? [`${name}: ${value}, recorded ${small[name] ?? ''}`]
      : [],
  );
  expect(worse, 'npm run bench records them anew').toEqual([]);
});
