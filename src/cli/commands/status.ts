import type { StatusReport } from '../../cluster/status/report.js';
import { status, watchStatus } from '../../flows/status.js';
import { oxide } from '../../lib/commands.js';
import { ExitCode, UsageError } from '../../lib/errors.js';
import { createStepRunner } from '../../lib/step.js';
import { realSleep } from '../../lib/wait.js';
import { renderStatus } from '../../ui/status.js';
import { isTerminal } from '../../ui/terminal.js';
import { withCluster, type ClusterCommand } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

/** Real milliseconds between two looks of a watch. */
const watchMs = 5_000;

export interface StatusOptions extends GlobalOptions {
  readonly watch?: boolean;
}

/** `oxide status`: how the cluster is; exit 0 when healthy, 5 when not, 3 when there is none. */
export function statusCommand(options: StatusOptions, io: CliIo): Promise<ExitCode> {
  if (options.watch) checkWatchable(options, io);
  return withCluster({ ...options, brief: true }, io, async (command) => {
    const report = options.watch ? await watch(command, io) : await once(command);
    return report.status.healthy ? ExitCode.done : ExitCode.partial;
  });
}

async function once({ flow, ui }: ClusterCommand): Promise<StatusReport> {
  const report = await status(flow);
  ui.print(report, (shown) => renderStatus(shown, ui.looks), report.status);
  return report;
}

/** Without steps: their lines would pile up above the picture. */
function watch({ flow, ui }: ClusterCommand, { signal }: CliIo): Promise<StatusReport> {
  const silent = { emit: () => undefined };
  const quiet = { ...flow, step: createStepRunner(silent, flow.clock, signal) };
  return watchStatus(quiet, {
    show: (report) => {
      ui.redraw(report, (shown) => renderStatus(shown, ui.looks));
    },
    pause: () => realSleep(watchMs, signal),
  });
}

function checkWatchable({ json }: StatusOptions, { stdout }: CliIo): void {
  if (!json && isTerminal(stdout)) return;
  throw new UsageError(
    '--watch redraws a terminal, and the result does not go to one',
    `Call ${oxide`status --json`} again and again instead.`,
  );
}
