import { replace } from '../../flows/replace.js';
import { ExitCode } from '../../lib/errors.js';
import { quote } from '../../lib/shell.js';
import { renderReplaced } from '../../ui/replaced.js';
import { confirmRemoval } from '../confirm.js';
import { lockOf, withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface ReplaceCommandOptions extends GlobalOptions {
  readonly nodes: readonly string[];
  /** ms; `timeouts.drain` of cluster.yaml unless given. */
  readonly timeout?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** `oxide replace`: makes nodes anew, with their names; asks before any node goes. */
export function replaceCommand(options: ReplaceCommandOptions, io: CliIo): Promise<ExitCode> {
  const { nodes: names, force = false } = options;
  const words = [...names.map(quote), ...(force ? ['--force'] : [])].join(' ');
  const command = `replace ${words}` as const;
  return withCluster(
    { ...options, command, lock: lockOf('replace', options) },
    io,
    async ({ flow, ui }) => {
      const result = await replace(flow, {
        ...{ names, force },
        drainTimeoutMs: options.timeout ?? flow.config.timeouts.drain,
        confirm: async (plan) => {
          if (options.dryRun) return false;
          ui.showPlan(plan);
          await confirmRemoval(options, io);
          return true;
        },
      });
      if (result.kind === 'preview') {
        ui.printPlan(result.plan);
        return ExitCode.changes;
      }
      ui.print(result.replaced, (shown) => renderReplaced(shown, ui.looks));
      return ExitCode.done;
    },
  );
}
