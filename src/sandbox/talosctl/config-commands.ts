import { dayMs, organizationsOf, readCertificate } from '../pki.js';
import { encodeYaml } from '../talos/machine-config/encode.js';
import { connectionFlags } from './client.js';
import { newConfig } from './config-new.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { table } from './table.js';
import { contextOf, openTalosconfig, saveTalosconfig, type Talosconfig } from './talosconfig.js';

const anyNumber = { kind: 'range', min: 0, max: Infinity } as const;
const atLeastOne = { kind: 'range', min: 1, max: Infinity } as const;

/** `talosctl config …`: everything about the talosconfig itself. */
export const config: CommandSpec = {
  name: 'config',
  flags: connectionFlags,
  subcommands: [
    {
      name: 'endpoint',
      aliases: ['endpoints'],
      usage: '<endpoint>...',
      args: atLeastOne,
      run: (invocation) => {
        change(invocation, (file) => {
          contextOf(invocation, file).endpoints = trimmed(invocation);
        });
      },
    },
    {
      name: 'node',
      aliases: ['nodes'],
      usage: '<endpoint>...',
      args: anyNumber,
      run: (invocation) => {
        change(invocation, (file) => {
          contextOf(invocation, file).nodes = trimmed(invocation);
        });
      },
    },
    {
      name: 'context',
      aliases: ['use-context'],
      usage: '<context>',
      args: { kind: 'exact', count: 1 },
      run: (invocation) => {
        const [name = ''] = invocation.args;
        const file = openTalosconfig(invocation);
        if (!Object.hasOwn(file.contexts, name)) {
          throw new CommandError(`context "${name}" is not defined`);
        }
        saveTalosconfig(invocation, { ...file, context: name });
      },
    },
    { name: 'contexts', aliases: ['get-contexts'], args: anyNumber, run: contexts },
    newConfig,
    { name: 'merge', usage: '<from>', args: atLeastOne, run: merge },
    {
      name: 'info',
      flags: [{ name: 'output', short: 'o', kind: 'string', default: 'text' }],
      run: info,
    },
  ],
};

function trimmed({ args }: CommandInvocation): string[] {
  return args.map((address) => address.trim());
}

function change(invocation: CommandInvocation, edit: (file: Talosconfig) => void): void {
  const file = opened(invocation);
  edit(file);
  saveTalosconfig(invocation, file);
}

function opened(invocation: CommandInvocation): Talosconfig {
  const file = openTalosconfig(invocation);
  if (file.context === '') throw new CommandError('no context is set');
  if (Object.hasOwn(file.contexts, file.context)) return file;
  throw new CommandError(`context "${file.context}" is not defined`);
}

function contexts(invocation: CommandInvocation): void {
  const file = openTalosconfig(invocation);
  const rows = Object.entries(file.contexts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { endpoints, nodes = [] }]) => [
      name === file.context ? '*' : '',
      name,
      endpoints.join(','),
      nodes.length > 3 ? `${nodes.slice(0, 3).join(',')}...` : nodes.join(','),
    ]);
  invocation.stdout += table([['CURRENT', 'NAME', 'ENDPOINTS', 'NODES'], ...rows]);
}

function merge(invocation: CommandInvocation): void {
  const [from = ''] = invocation.args;
  const file = openTalosconfig(invocation);
  const added = openTalosconfig(invocation, from);
  const names = new Map<string, string>();
  for (const [name, context] of Object.entries(added.contexts)) {
    let free = name;
    for (let i = 1; Object.hasOwn(file.contexts, free); i++) free = `${name}-${i}`;
    if (free !== name) {
      invocation.printError(`renamed talosconfig context "${name}" -> "${free}"`);
    }
    file.contexts[free] = context;
    names.set(name, free);
  }
  file.context = names.get(added.context) ?? file.context;
  saveTalosconfig(invocation, file);
}

function info(invocation: CommandInvocation): void {
  const file = opened(invocation);
  const { nodes = [], endpoints, crt = '' } = contextOf(invocation, file);
  const details = {
    context: file.context,
    nodes,
    endpoints,
    ...certificateInfo(crt, invocation.io.now()),
  };
  const output = invocation.text('output');
  if (output === 'json') invocation.print(JSON.stringify(details, undefined, 2));
  else if (output === 'yaml') invocation.stdout += encodeYaml(details);
  else if (output === 'text') {
    const { roles, certTTL, certNotAfter } = details;
    invocation.print(`Current context:     ${file.context}`);
    invocation.print(`Nodes:               ${nodes.join(', ') || 'not defined'}`);
    invocation.print(`Endpoints:           ${endpoints.join(', ') || 'not defined'}`);
    if (roles.length > 0) invocation.print(`Roles:               ${roles.join(', ')}`);
    if (certTTL !== '') invocation.print(`Certificate expires: ${certTTL} (${certNotAfter})`);
  } else throw new CommandError(`unknown output format: "${output}"`);
}

function certificateInfo(
  crt: string,
  now: number,
): { roles: string[]; certTTL: string; certNotAfter: string } {
  if (crt === '') return { roles: [], certTTL: '', certNotAfter: '' };
  const pem = Buffer.from(crt, 'base64').toString('utf8');
  const roles = organizationsOf(pem);
  const expires = Date.parse(readCertificate(pem).validTo);
  const certNotAfter = new Date(expires).toISOString().slice(0, 10);
  return { roles, certTTL: relative(expires - now), certNotAfter };
}

/** How far away a time is, roughly, as go-humanize says it. */
function relative(ms: number): string {
  const days = Math.floor(Math.abs(ms) / dayMs);
  const [amount, unit] =
    days >= 360
      ? [Math.round(days / 365), 'year']
      : days >= 30
        ? [Math.floor(days / 30), 'month']
        : [days, 'day'];
  const text = `${amount} ${unit}${amount === 1 ? '' : 's'}`;
  return ms < 0 ? `${text} ago` : `${text} from now`;
}
