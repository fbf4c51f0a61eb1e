import { scale } from '../../flows/scale.js';
import type { Role } from '../../cluster/state/cluster-state.js';
import { ExitCode } from '../../lib/errors.js';
import { quote } from '../../lib/shell.js';
import { renderScaled } from '../../ui/scaled.js';
import { confirmRemoval } from '../confirm.js';
import { lockOf, withCluster } from '../context.js';
import { durationText } from '../duration.js';
import type { CliIo } from '../io.js';
import { updateCount, type WriteOptions } from '../write-count.js';

export interface ScaleCommandOptions extends WriteOptions {
  readonly role: Role;
  readonly count: number;
  readonly pool?: string;
  readonly node?: readonly string[];
  /** ms; `timeouts.drain` of cluster.yaml unless given. */
  readonly timeout?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly build?: boolean;
}

/** `oxide scale`: brings a pool to a number of nodes; asks before any node goes. */
export function scaleCommand(options: ScaleCommandOptions, io: CliIo): Promise<ExitCode> {
  const { role, pool, count, node: nodes = [], force = false } = options;
  const command = commandOf(options);
  return withCluster(
    { ...options, command, lock: lockOf('scale', options) },
    io,
    async ({ flow, ui }) => {
      const result = await scale(flow, {
        wish: { role, pool, count, nodes, force },
        drainTimeoutMs: options.timeout ?? flow.config.timeouts.drain,
        confirm: async (plan) => {
          if (options.dryRun) return false;
          ui.showPlan(plan);
          if (plan.remove.length > 0) await confirmRemoval(options, io);
          return true;
        },
      });
      if (result.kind === 'preview') {
        ui.printPlan(result.plan);
        return result.plan.changes.length > 0 ? ExitCode.changes : ExitCode.done;
      }
      const configuration = await updateCount(flow.config, result.scaled, options);
      const scaled = { ...result.scaled, configuration };
      ui.print(scaled, (shown) => renderScaled(shown, ui.looks));
      return ExitCode.done;
    },
  );
}

/** The command as it has to be typed again to go on. */
export function commandOf(options: ScaleCommandOptions) {
  const { role, count, pool, node = [], timeout, force, write } = options;
  const more = [
    ...(pool === undefined ? [] : ['--pool', quote(pool)]),
    ...(node.length > 0 ? ['--node', ...node.map(quote)] : []),
    ...(timeout === undefined ? [] : ['--timeout', durationText(timeout)]),
    ...(force ? ['--force'] : []),
    ...(write ? ['--write'] : []),
  ];
  return `scale ${[role, '--count', String(count), ...more].join(' ')}` as const;
}
