import { create } from '../../flows/create.js';
import { ExitCode } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { lockOf, withCluster } from '../context.js';
import { renderCreated } from '../../ui/created.js';

export interface CreateOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly build?: boolean;
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
      const { cluster, founded } = result;
      ui.print(cluster, (shown) => renderCreated({ ...shown, founded }, ui.looks));
      return cluster.failedAddons.length > 0 ? ExitCode.partial : ExitCode.done;
    },
  );
}
