import { standInWord } from '../talosctl-command.js';
import { callTalosctl } from './call.js';

const args = process.argv.slice(2);
if (args[0] === standInWord) args.shift();
// The real tool never warns of what Node finds worth a warning.
process.removeAllListeners('warning');

void callTalosctl({ args, env: process.env }).then((result) => {
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  process.exitCode = result.exitCode;
});
