import { sidesText, type Difference, type Effect } from '../cluster/plan/difference.js';
import { enumerateNames } from '../lib/format.js';
import type { Style } from './style.js';
import { hanging } from './wrap.js';

const effects: Readonly<Record<Effect, string>> = {
  live: 'live',
  restart: 'restarts nodes',
  replacement: 'needs new nodes',
  removal: 'removes a server',
  addition: 'adds a server',
  impossible: 'not possible',
};

/**
 * Differences between cluster.yaml and the cluster, each with what it takes and what brings it about. Those
 * that differ in nothing but their servers are one.
 */
export function differenceLines(
  differences: readonly Difference[],
  columns: number | undefined,
  style: Style,
): string[] {
  const alike = new Map<string, Difference>();
  for (const difference of differences) {
    const { key, effect, way, servers } = difference;
    const same = JSON.stringify([key, sidesText(difference), effect, way]);
    const known = alike.get(same)?.servers ?? [];
    alike.set(same, { ...difference, servers: [...known, ...servers] });
  }
  return [...alike.values()].flatMap((difference) => {
    const { key, servers, effect, way } = difference;
    const whom = enumerateNames(servers);
    const head = [key, style.letters(sidesText(difference)), ...(whom ? [whom] : [])];
    return [
      hanging(`${style.marks.differs} `, head.join('  '), columns),
      hanging('    ', `${effects[effect]}; ${way}`, columns),
    ];
  });
}
