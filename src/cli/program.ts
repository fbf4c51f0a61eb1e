import { spellData } from '../lib/commands.js';
import { ExitCode, InterruptedError, OxideError } from '../lib/errors.js';
import { asFileError } from '../lib/file-errors.js';
import { renderError } from '../ui/error.js';
import { renderJson } from '../ui/json.js';
import { looksOf } from '../ui/terminal.js';
import { spellingOfArgs } from './args-spelling.js';
import { candidatesWord } from './completion-scripts.js';
import { commandHelp, familyHelp, firstScreen, programHelp } from './help.js';
import { errorDocument } from './error-document.js';
import type { CliIo } from './io.js';
import { withJsonProgress } from './json-progress.js';
import { isFamily, locate, type Asked } from './locate.js';
import { outputWishes } from './output-wishes.js';
import { version } from './version.js';

/**
 * Runs oxide with these arguments (without `node` and the script) and returns its exit code.
 * The one place that catches: an OxideError is shown with its next step, all else is a bug.
 */
export async function runCli(args: readonly string[], given: CliIo): Promise<number> {
  const io = ioFor(args, given);
  try {
    const asked = locate(args);
    const text = await answer(asked, args, io);
    if (text !== undefined) {
      io.stdout.write(text);
      return ExitCode.done;
    }
    const { callCommand } = await import('./call-command.js');
    return await callCommand(args, asked, io);
  } catch (error) {
    return showFailure(error, args, io);
  }
}

/** What is answered without any command: help and the version. Undefined: a command is to be run. */
async function answer(
  asked: Asked,
  args: readonly string[],
  { stdout }: CliIo,
): Promise<string | undefined> {
  if (args[0] === candidatesWord)
    return (await import('./complete.js')).candidatesFor(args.slice(2));
  const { words, command, help, version: wanted } = asked;
  const layout = { columns: Math.min(stdout.columns || 80, 100) };
  const [family = ''] = words;
  const isKnown = command !== undefined || words.length === 0 || isFamily(words);
  if (!isKnown) throw (await import('./usage.js')).unknownCommand(asked);
  const { json } = outputWishes(args);
  if (wanted) return json ? renderJson({ version: version() }) : `${version()}\n`;
  if (json && help) return renderJson((await import('./help-document.js')).helpDocument(words));
  if (command) return help ? commandHelp(command, layout) : undefined;
  if (help) return family === '' ? programHelp(layout) : familyHelp(family, layout);
  if (args.length === 0) return firstScreen(layout);
  throw (await import('./usage.js')).noCommand(asked);
}

/** The process as the command line wants it. */
function ioFor(args: readonly string[], io: CliIo): CliIo {
  return outputWishes(args).jsonProgress && !io.progress ? withJsonProgress(io) : io;
}

/** Says what went wrong, and what comes next. Returns the exit code that stands for it. */
export function showFailure(error: unknown, args: readonly string[], given: CliIo): ExitCode {
  const io = ioFor(args, given);
  const { json, verbose } = outputWishes(args);
  // An interrupt that surfaced as some other failure of the thing that it stopped is still one.
  const known = asFileError(error) ?? error;
  const shown =
    io.signal.aborted && !(known instanceof OxideError) ? new InterruptedError() : known;
  const exitCode = shown instanceof OxideError ? shown.exitCode : ExitCode.bug;
  const spelling = spellingOfArgs(args);
  const document = spellData(errorDocument(shown, exitCode), spelling);
  const looks = looksOf(io.stderr, io.env);
  const { progress } = io;
  if (progress) progress({ type: 'error', message: document.message, error: document });
  else io.stderr.write(`\n${renderError(shown, { ...looks, verbose, spelling })}`);
  if (json) io.stdout.write(renderJson({ error: document }));
  return exitCode;
}
