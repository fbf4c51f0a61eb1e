import type { Spelling } from '../lib/commands.js';
import { locate } from './locate.js';
import { spellingOf } from './own-command.js';

/** How commands are written for a run that may not have got as far as to have options. */
export function spellingOfArgs(args: readonly string[]): Spelling {
  return spellingOf({
    config: valueOf(args, ['-c', '--config']) ?? 'cluster.yaml',
    output: valueOf(args, ['-o', '--output']) ?? 'output',
    sandbox: args.includes('--sandbox') || locate(args).words[0] === 'sandbox',
  });
}

function valueOf(args: readonly string[], names: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  const at = words.findLastIndex((word) =>
    names.some((name) => word === name || word.startsWith(`${name}=`)),
  );
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1];
}
