import { oxide } from '../../../lib/commands.js';
import { enumerate } from '../../../lib/format.js';
import { emptyPlan } from '../scale/empty-plan.js';
import type { ShownPlan } from '../plan.js';
import type { RunningCluster } from '../scale/scale-input.js';
import type { RepairChoice, RepairRemark } from './repair-choice.js';
import type { ReplacePlan } from './replace-plan.js';

/** The plan of a repair: with why each node is made anew, and what is said of the others. */
export function withRepairNotes(plan: ReplacePlan, choice: RepairChoice): ReplacePlan {
  const notes = [
    ...choice.repair.map(remarkText),
    ...choice.later.map((one) => `Not now: ${remarkText(one)}`),
    ...choice.unclear.map((one) => `Left alone: ${remarkText(one)}`),
  ];
  return {
    ...plan,
    notes: [...notes, ...plan.notes],
    warnings: [...plan.warnings, ...offWarnings(choice)],
  };
}

/** The plan of a repair that finds nobody dead. */
export function nothingToRepair(input: RunningCluster, { unclear }: RepairChoice): ShownPlan {
  return emptyPlan(
    input,
    unclear.map((one) => `Left alone: ${remarkText(one)}`),
  );
}

/** `demo-web-1: its server is off` */
function remarkText({ name, why }: RepairRemark): string {
  return `${name}: ${why}`;
}

/** Nobody can tell a server that broke from one that somebody has switched off. */
function offWarnings({ repair }: RepairChoice): readonly string[] {
  const off = repair.filter(({ off: isOff }) => isOff).map(({ name }) => name);
  if (off.length === 0) return [];
  return [
    `Hetzner does not tell why ${enumerate(off)} ${off.length === 1 ? 'is' : 'are'} off. If somebody did it on purpose, answer no: ${oxide`create`} starts what is off.`,
  ];
}
