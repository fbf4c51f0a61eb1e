import { deadAfterMs } from '../../cluster/plan/replace/dead-nodes.js';
import { repair } from '../../flows/repair.js';
import { ExitCode } from '../../lib/errors.js';
import { renderRepaired } from '../../ui/repaired.js';
import { confirmRemoval } from '../confirm.js';
import { lockOf, withCluster } from '../context.js';
import { durationText } from '../duration.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface RepairCommandOptions extends GlobalOptions {
  /** ms */
  readonly after?: number;
  readonly dryRun?: boolean;
  readonly build?: boolean;
}

/** `oxide repair`: makes dead nodes anew; asks before any node goes. */
export function repairCommand(options: RepairCommandOptions, io: CliIo): Promise<ExitCode> {
  const { after: afterMs = deadAfterMs } = options;
  const command =
    `repair${options.after === undefined ? '' : ` --after ${durationText(afterMs)}`}` as const;
  return withCluster(
    { ...options, command, lock: lockOf('repair', options) },
    io,
    async ({ flow, ui }) => {
      const result = await repair(flow, {
        afterMs,
        dryRun: options.dryRun ?? false,
        confirm: async (plan) => {
          if (options.dryRun) return false;
          ui.showPlan(plan);
          await confirmRemoval(options, io);
          return true;
        },
      });
      if (result.kind === 'preview') {
        ui.printPlan(result.plan);
        return result.plan.changes.length > 0 ? ExitCode.changes : ExitCode.done;
      }
      ui.print(result.repaired, (shown) => renderRepaired(shown, ui.looks));
      return ExitCode.done;
    },
  );
}
