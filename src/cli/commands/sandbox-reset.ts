import { ExitCode, PreconditionError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import { renderJson } from '../../ui/json.js';
import { confirmForgetting } from '../confirm.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { rehearsalFolder, sandboxFolder } from '../output-folder.js';
import { say } from '../say.js';

/** `oxide sandbox reset`: forgets the simulated cloud of an output folder, after asking. */
export async function sandboxResetCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  const { forgetSandbox, lookAtSandbox } = await import('../../sandbox/kept-sandbox.js');
  const folder = sandboxFolder(rehearsalFolder(options.output));
  const { running, resources } = lookAtSandbox(folder);
  if (!running && resources !== 0) {
    const what = resources === undefined ? 'not readable' : plural(resources, 'resource');
    say(io, `The sandbox in ${folder} holds a rehearsal: ${what}.`);
    await confirmForgetting(options, io);
  }
  if (!forgetSandbox(folder)) {
    throw new PreconditionError(`the sandbox in ${folder} is running`, 'End that process first.');
  }
  say(io, `Forgot the sandbox in ${folder}.`);
  if (options.json) io.stdout.write(renderJson({ folder, forgotten: true }));
  return ExitCode.done;
}
