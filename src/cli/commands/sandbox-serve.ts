import { ExitCode } from '../../lib/errors.js';
import { renderJson } from '../../ui/json.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { ownCommand } from '../own-command.js';
import { exportLines, inSandbox, shellAccess } from '../sandbox-place.js';
import { say } from '../say.js';

/** `oxide sandbox serve`: keeps the simulated cloud running until Ctrl-C. */
export async function sandboxServeCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  let told = '';
  while (!io.signal.aborted) {
    await inSandbox(options, io, async (place) => {
      const { host, failed } = place.world;
      const access = await shellAccess(place);
      const lines = options.json ? renderJson(access) : exportLines(access);
      if (lines !== told) io.stdout.write(lines);
      told = lines;
      say(io, `\n${host ? joinedText(host.pid) : runsText(options)}`);
      const until = AbortSignal.any([io.signal, failed]);
      if (host) await host.ended(until).catch(() => undefined);
      else await aborted(until);
      failed.throwIfAborted();
    });
  }
  return ExitCode.done;
}

function runsText(options: GlobalOptions): string {
  return [
    'The sandbox runs; Ctrl-C here ends it. Lead another shell to it with these lines, or with:',
    `  eval "$(${ownCommand(options, 'sandbox env')})"`,
  ].join('\n');
}

function joinedText(pid: number): string {
  return `The sandbox runs already, in process ${pid}; this one goes on with it when that ends.`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    const done = (): void => {
      end();
    };
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
