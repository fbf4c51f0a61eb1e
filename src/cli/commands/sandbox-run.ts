import { UsageError } from '../../lib/errors.js';
import { runForUser } from '../../tools/exec.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { demandText } from '../no-document.js';
import { inSandbox, projectAccess, toolAccess } from '../sandbox-place.js';
import { userStreams } from '../user-streams.js';

/** `oxide sandbox run -- kubectl get nodes`: one tool in the simulated cloud, as if called by itself. */
export function sandboxRunCommand(
  options: GlobalOptions & { readonly command: readonly string[] },
  io: CliIo,
): Promise<number> {
  demandText(
    options,
    'sandbox run',
    "The output is the tool's: give it an option of its own, after --.",
  );
  const [tool, ...args] = options.command;
  if (tool !== 'kubectl' && tool !== 'talosctl' && tool !== 'helm' && tool !== 'hcloud') {
    throw new UsageError(
      `"${tool ?? ''}" is no tool of the sandbox`,
      'It runs kubectl, talosctl, helm and hcloud.',
    );
  }
  return inSandbox(options, io, async (place) => {
    const { commands, toolEnvironment, failed } = place.world;
    // hcloud is no tool of oxide's: it is the one on the user's PATH.
    const { file, args: before } = tool === 'hcloud' ? { file: tool, args: [] } : commands[tool];
    const access = tool === 'hcloud' ? projectAccess(place) : toolAccess(place);
    return runForUser({
      ...{ file, args: [...before, ...args] },
      env: { ...toolEnvironment, ...terminalOf(io.env), ...access },
      ...userStreams(io),
      signal: AbortSignal.any([io.signal, failed]),
    });
  });
}

/** What programs know of the terminal that they are in, and their user's editor. */
function terminalOf(env: CliIo['env']): Record<string, string> {
  const names = ['TERM', 'COLORTERM', 'NO_COLOR', 'EDITOR', 'VISUAL', 'KUBE_EDITOR', 'PAGER'];
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
