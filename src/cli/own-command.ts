import { normalize } from 'node:path';
import type { Spelling } from '../lib/commands.js';
import { quote } from '../lib/shell.js';
import { ClusterFiles } from '../steps/run/context.js';
import type { GlobalOptions } from './io.js';

type Flags = Pick<GlobalOptions, 'config' | 'output' | 'sandbox'>;

/** How another oxide is called that works on the same cluster: `oxide --config other.yaml status`. */
export function ownCommand(flags: Flags, command: string): string {
  return ['oxide', ...flagsFor(command, flags), command].join(' ');
}

/** Commands for the shell that this run was started in: whole, with its flags, and in its cloud. */
export function spellingOf(flags: Flags): Spelling {
  const rehearsal = flags.sandbox ?? false;
  return {
    rehearsal,
    own: (command) => ownCommand(flags, command),
    tool: (command) =>
      rehearsal ? ownCommand(flags, `sandbox run -- ${command}`) : withAccess(command, flags),
  };
}

function flagsFor(command: string, { config, output, sandbox }: Flags): readonly string[] {
  const [name = ''] = command.split(' ');
  return [
    ...(sandbox && !['--sandbox', 'sandbox', 'init', 'reference'].includes(name)
      ? ['--sandbox']
      : []),
    ...(config === 'cluster.yaml' || name === 'reference' ? [] : option('--config', config)),
    ...(output === 'output' || ['init', 'validate', 'reference'].includes(name)
      ? []
      : option('--output', output)),
  ];
}

/** A value that begins like an option has to be tied to its own. */
function option(name: string, value: string): readonly string[] {
  return value.startsWith('-') ? [`${name}=${quote(value)}`] : [name, quote(value)];
}

/** Leads a tool to the cluster, with the files of the output folder. hcloud has an access of its own. */
function withAccess(command: string, { output }: Flags): string {
  const { kubeconfig, talosconfig } = new ClusterFiles(normalize(output));
  const [tool = '', ...words] = command.split(' ');
  const access: Readonly<Record<string, readonly string[]>> = {
    kubectl: ['--kubeconfig', quote(kubeconfig)],
    helm: ['--kubeconfig', quote(kubeconfig)],
    talosctl: ['--talosconfig', quote(talosconfig)],
  };
  const flags = words.some((word) => /^--(kube|talos)config$/.test(word))
    ? []
    : (access[tool] ?? []);
  return [tool, ...flags, ...words].join(' ');
}
