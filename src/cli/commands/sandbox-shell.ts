import { delimiter } from 'node:path';
import { oxide } from '../../lib/commands.js';
import { ExitCode, PreconditionError } from '../../lib/errors.js';
import { runForUser } from '../../tools/exec.js';
import { renderJson } from '../../ui/json.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { demandText } from '../no-document.js';
import { exportLines, inSandbox, shellAccess } from '../sandbox-place.js';
import { say } from '../say.js';
import { userStreams } from '../user-streams.js';

/** `eval "$(oxide sandbox env)"`: leads a shell to the sandbox that another process keeps running. */
export function sandboxEnvCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  return inSandbox(options, io, async (place) => {
    if (!place.world.host) {
      throw new PreconditionError(
        'no sandbox runs that a shell could be led to',
        `Keep it running in another shell: ${oxide`sandbox serve`}`,
      );
    }
    const access = await shellAccess(place);
    io.stdout.write(options.json ? renderJson(access) : exportLines(access));
    return ExitCode.done;
  });
}

/** `oxide sandbox shell`: the user's own shell, in which all tools work on the sandbox. */
export function sandboxShellCommand(options: GlobalOptions, io: CliIo): Promise<number> {
  demandText(options, 'sandbox shell', `What leads to it: ${oxide`sandbox env --json`}`);
  return inSandbox(options, io, async (place) => {
    const { bin, variables } = await shellAccess(place);
    const own = Object.entries(io.env).filter((entry): entry is [string, string] => {
      return entry[1] !== undefined;
    });
    const path = [bin, io.env['PATH']].filter((part) => part !== undefined).join(delimiter);
    say(io, 'A shell in the sandbox: kubectl, talosctl, helm and HCLOUD_* lead there.');
    return runForUser({
      ...{ file: shellOf(io.env), args: [] },
      env: { ...Object.fromEntries(own), ...variables, PATH: path },
      ...userStreams(io),
      signal: AbortSignal.any([io.signal, place.world.failed]),
    });
  });
}

function shellOf(env: CliIo['env']): string {
  return process.platform === 'win32' ? (env['COMSPEC'] ?? 'cmd.exe') : (env['SHELL'] ?? '/bin/sh');
}
