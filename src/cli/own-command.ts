import { quote } from '../tools/invocation.js';
import type { GlobalOptions } from './io.js';

/** How another oxide is called that works on the same cluster: `oxide --config other.yaml status`. */
export function ownCommand(options: GlobalOptions, command: string): string {
  const flags = [
    ...(options.sandbox && !command.startsWith('sandbox ') ? ['--sandbox'] : []),
    ...(options.config === 'cluster.yaml' ? [] : ['--config', quote(options.config)]),
    ...(options.output === 'output' ? [] : ['--output', quote(options.output)]),
  ];
  return ['oxide', ...flags, command].join(' ');
}
