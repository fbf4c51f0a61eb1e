import { replace, replacePool, type ReplaceOptions } from '../../flows/replace.js';
import { ExitCode, UsageError } from '../../lib/errors.js';
import { quote } from '../../lib/shell.js';
import { renderReplaced } from '../../ui/replaced.js';
import { confirmRemoval } from '../confirm.js';
import { lockOf, withCluster } from '../context.js';
import { durationText } from '../duration.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface ReplaceCommandOptions extends GlobalOptions {
  readonly nodes?: readonly string[];
  readonly pool?: string;
  readonly all?: boolean;
  readonly surge?: boolean;
  readonly maxUnavailable?: number;
  /** ms; `timeouts.drain` of cluster.yaml unless given. */
  readonly timeout?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly build?: boolean;
}

/** `oxide replace`: makes nodes anew, those that are named or a pool's; asks before any node goes. */
export async function replaceCommand(options: ReplaceCommandOptions, io: CliIo): Promise<ExitCode> {
  const { nodes: names = [], pool, all = false, force = false, dryRun = false } = options;
  checkWish(options);
  return withCluster(
    { ...options, command: commandOf(options), lock: lockOf('replace', options) },
    io,
    async ({ flow, ui }) => {
      const how: Omit<ReplaceOptions, 'names'> = {
        force,
        drainTimeoutMs: options.timeout ?? flow.config.timeouts.drain,
        confirm: async (plan) => {
          if (dryRun) return false;
          ui.showPlan(plan);
          await confirmRemoval(options, io);
          return true;
        },
      };
      const { surge, maxUnavailable } = options;
      const result =
        pool === undefined
          ? await replace(flow, { ...how, names })
          : await replacePool(flow, { ...how, dryRun, wish: { pool, all, surge, maxUnavailable } });
      if (result.kind === 'preview') {
        ui.printPlan(result.plan);
        return result.plan.changes.length > 0 ? ExitCode.changes : ExitCode.done;
      }
      ui.print(result.replaced, (shown) => renderReplaced(shown, ui.looks));
      return ExitCode.done;
    },
  );
}

function checkWish({ nodes = [], pool, all, surge, maxUnavailable }: ReplaceCommandOptions): void {
  if (nodes.length > 0 === (pool === undefined)) {
    const isRoll = all !== undefined || surge !== undefined || maxUnavailable !== undefined;
    if (pool !== undefined || !isRoll) return;
    throw new UsageError(
      '--all, --surge and --max-unavailable are about a whole pool',
      'Say which one with --pool, in place of nodes.',
    );
  }
  throw new UsageError(
    pool === undefined ? 'no node was named' : 'nodes were named beside --pool',
    'Name nodes, or a pool with --pool.',
  );
}

/** The command as it has to be typed again to go on. */
export function commandOf(options: ReplaceCommandOptions) {
  const { nodes = [], pool, all, surge, maxUnavailable, timeout, force } = options;
  const words = [
    ...nodes.map(quote),
    ...(pool === undefined ? [] : ['--pool', quote(pool)]),
    ...(all ? ['--all'] : []),
    ...(surge === undefined ? [] : ['--surge', surge ? '1' : '0']),
    ...(maxUnavailable === undefined ? [] : ['--max-unavailable', String(maxUnavailable)]),
    ...(timeout === undefined ? [] : ['--timeout', durationText(timeout)]),
    ...(force ? ['--force'] : []),
  ];
  return `replace ${words.join(' ')}` as const;
}
