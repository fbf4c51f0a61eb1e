import { create } from '../../flows/create.js';
import { ExitCode } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { lockOf, withCluster } from '../context.js';
import { ownCommand } from '../own-command.js';
import { renderCreated } from '../../ui/created.js';

export interface CreateOptions extends GlobalOptions {
  readonly dryRun?: boolean;
}

/** `oxide create`: makes the cluster or what is missing of it. */
export function createCommand(options: CreateOptions, io: CliIo): Promise<ExitCode> {
  return withCluster(
    { ...options, command: 'create', lock: lockOf('create', options) },
    io,
    async ({ flow, ui }) => {
      const result = await create(flow);
      if (result.kind === 'preview') {
        ui.printPlan(result.plan);
        return result.plan.changes.length > 0 ? ExitCode.changes : ExitCode.done;
      }
      const copy = result.founded ? ownCommand(options, 'secrets export') : undefined;
      const next = { goOn: nextCommands(options), copy };
      ui.print(result.cluster, (shown) => renderCreated(shown, next, ui.looks));
      return ExitCode.done;
    },
  );
}

/** A sandbox ends with its command: kubectl reaches it through another one. */
function nextCommands(options: CreateOptions): readonly string[] | undefined {
  if (!options.sandbox) return undefined;
  return [
    ownCommand(options, 'sandbox run -- kubectl get nodes'),
    ownCommand(options, 'sandbox serve'),
  ];
}
