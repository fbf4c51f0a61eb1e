import { sidesText, type Difference, type Effect } from '../cluster/plan/difference.js';
import { plural } from '../lib/format.js';
import type { Style } from './style.js';

const effects: Readonly<Record<Effect, string>> = {
  live: 'live',
  restart: 'restarts nodes',
  replacement: 'needs new nodes',
  removal: 'removes a server',
  addition: 'adds a server',
  impossible: 'not possible',
};

/** More servers than this are counted instead of named. */
const named = 3;

/** Differences between cluster.yaml and the cluster, each with what it takes and what brings it about. */
export function differenceLines(differences: readonly Difference[], style: Style): string[] {
  return differences.flatMap((difference) => {
    const { key, servers, effect, way } = difference;
    const whom = servers.length > named ? plural(servers.length, 'server') : servers.join(', ');
    const head = [`${style.yellow('≠')} ${key}`, sidesText(difference), ...(whom ? [whom] : [])];
    return [head.join('  '), `    ${effects[effect]}; ${way}`];
  });
}
