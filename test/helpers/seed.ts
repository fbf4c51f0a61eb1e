import { createRandom } from '../../src/sandbox/simulation.js';

/** Random choices that can be made again: `OXIDE_TEST_SEED` chooses others. */
export const testSeed = Number(process.env['OXIDE_TEST_SEED'] ?? 20_261_127);

/** `OXIDE_TEST_MATRIX=full`: all that is otherwise chosen by the seed is run. */
export const isFullMatrix = process.env['OXIDE_TEST_MATRIX'] === 'full';

/** `count` different numbers from 1 to `upTo`, in order. */
export function sample(count: number, upTo: number): number[] {
  const random = createRandom(testSeed);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, upTo)) chosen.add(random.integer(1, upTo));
  return [...chosen].sort((a, b) => a - b);
}
