import { oxide } from '../../lib/commands.js';
import type { ServerState } from '../state/cluster-state.js';
import { labelKeys } from '../state/labels.js';
import { isRollMark, repairMark } from './replacement-marks.js';

/** The command that finishes the removal of a server which a stopped run has begun. */
export function wayToFinish(
  { name, role, pool, labels }: ServerState,
  servers: readonly ServerState[],
): string {
  const mark = labels[labelKeys.replacement];
  if (mark?.startsWith(`${repairMark}.`)) return oxide`repair`;
  if (mark !== undefined && isRollMark(mark)) return oxide`replace --pool ${pool}`;
  if (mark !== undefined) return oxide`replace ${name}`;
  const ofPool = servers.filter((other) => other.role === role && other.pool === pool);
  return oxide`scale ${role} --pool ${pool} --count ${ofPool.length - 1}`;
}
