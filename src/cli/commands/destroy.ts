import { toKeptEntry, type DestroyPlan } from '../../cluster/plan/destroy-plan.js';
import { destroy, type DestroyOutcome } from '../../flows/destroy.js';
import { ExitCode } from '../../lib/errors.js';
import { renderDestroyed } from '../../ui/destroyed.js';
import { confirmByName } from '../confirm.js';
import { lockOf, withCluster, type ClusterCommand } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface DestroyOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly deleteVolumes?: boolean;
  readonly deleteLoadBalancers?: boolean;
}

/** `oxide destroy`: deletes everything of the cluster, after its name was typed. */
export function destroyCommand(options: DestroyOptions, io: CliIo): Promise<ExitCode> {
  const { dryRun = false, deleteVolumes = false, deleteLoadBalancers = false } = options;
  return withCluster(
    { ...options, command: 'destroy', lock: lockOf('destroy', options) },
    io,
    async (command) => {
      const outcome = await destroy(command.flow, {
        ...{ dryRun, deleteVolumes, deleteLoadBalancers },
        confirm: async (plan) => {
          command.ui.showPlan(plan);
          await confirmByName(plan.cluster, options, io);
          return true;
        },
      });
      return outcome.kind === 'preview'
        ? printPlan(outcome.plan, command)
        : printResult(outcome, command);
    },
  );
}

/** The plan as the result: of a dry run, or of a run that can do nothing. */
function printPlan(plan: DestroyPlan, { ui }: ClusterCommand): ExitCode {
  if (plan.changes.length > 0 || plan.kept.length > 0) {
    ui.printPlan(plan);
    if (plan.changes.length > 0) return ExitCode.changes;
    // What is kept because nobody asked for its deletion is no failure.
    return plan.kept.some(({ unfinished }) => unfinished) ? ExitCode.partial : ExitCode.done;
  }
  const { cluster, notes } = plan;
  ui.print({ cluster, deleted: [], left: [], notes, complete: true }, (shown) =>
    [`Nothing of "${shown.cluster}" exists.`, ...shown.notes].map((line) => `${line}\n`).join(''),
  );
  return ExitCode.done;
}

function printResult(
  outcome: Extract<DestroyOutcome, { kind: 'destroyed' }>,
  { flow, ui }: ClusterCommand,
): ExitCode {
  const { cluster, notes } = outcome.plan;
  const complete = outcome.left.every(({ unfinished }) => !unfinished);
  const deleted = outcome.deleted.map(({ kind, name, id }) => ({ kind, name, id }));
  const result = { cluster, deleted, left: outcome.left.map(toKeptEntry), notes, complete };
  const { folder } = flow.files;
  ui.print(result, (shown) => renderDestroyed({ ...shown, folder }, ui.looks));
  return complete ? ExitCode.done : ExitCode.partial;
}
