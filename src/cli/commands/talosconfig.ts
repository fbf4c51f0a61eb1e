import { accessTalos } from '../../flows/access.js';
import { ExitCode } from '../../lib/errors.js';
import { renderTalosAccess } from '../../ui/access.js';
import { withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

/** `oxide talosconfig`: makes the talosconfig again, with a new client certificate. */
export function talosconfigCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  return withCluster({ ...options, lock: 'talosconfig' }, io, async ({ flow, ui }) => {
    const access = await accessTalos(flow);
    ui.print(access, (shown) => renderTalosAccess(shown, ui.looks));
    return ExitCode.done;
  });
}
