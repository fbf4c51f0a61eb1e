#!/usr/bin/env node
import { standInWord } from '../sandbox/talosctl-command.js';
import { versionFlags } from './tree/global-options.js';
import { version } from './version.js';

const args = process.argv.slice(2);

// Scripts ask for the version before each call of theirs: nothing else is loaded for it.
if (args.length === 1 && versionFlags.some((flag) => flag === args[0])) {
  process.stdout.write(`${version()}\n`);
} else if (args[0] === standInWord) {
  void import('../sandbox/talosctl/main.js');
} else {
  void import('./process.js').then(({ runProcess }) => runProcess(args));
}
