import { parse } from 'yaml';
import type { TalosMethods } from '../talos/protocol.js';
import { connect, RpcError, type TalosClient } from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { fileExists } from './files.js';
import { saveTalosconfig, type Talosconfig } from './talosconfig.js';

/** The roles that talosctl 1.13 knows (Talos source, pkg/machinery/role). */
const knownRoles: readonly string[] = [
  'os:admin',
  'os:etcd:backup',
  'os:image:verifier',
  'os:impersonator',
  'os:meta:writer',
  'os:operator',
  'os:reader',
];

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** `talosctl config new`: a talosconfig with fewer rights, which a control plane signs. */
export const newConfig: CommandSpec = {
  name: 'new',
  usage: '[<path>]',
  args: { kind: 'range', min: 0, max: 1 },
  flags: [
    { name: 'roles', kind: 'list', default: ['os:admin'] },
    { name: 'crt-ttl', kind: 'duration', default: '8760h0m0s' },
  ],
  async run(invocation) {
    const client = connect(invocation);
    const node = client.oneNode('talosconfig');
    const roles = rolesOf(invocation.list('roles'));
    const path = invocation.args[0] ?? 'talosconfig';
    if (fileExists(invocation, path)) {
      throw new CommandError(`talosconfig file already exists: "${path}"`);
    }
    const lifetimeMs = durationMs(invocation.text('crt-ttl'));
    const config = await generate(client, node, { roles, lifetimeMs });
    // Its context is of use at once: it has the endpoints that this one was made through.
    const context = config.contexts[config.context];
    if (context) context.endpoints = [...client.endpoints];
    saveTalosconfig(invocation, config, path);
  },
};

async function generate(
  client: TalosClient,
  node: string,
  parameters: TalosMethods['GenerateClientConfiguration']['parameters'],
): Promise<Talosconfig> {
  try {
    const answer = await client.call('GenerateClientConfiguration', node, parameters);
    return parse(answer.talosconfig) as Talosconfig;
  } catch (error) {
    if (!(error instanceof RpcError) || client.asksEachNode) throw error;
    throw new CommandError(client.describe([{ node, error }]));
  }
}

function rolesOf(wanted: readonly string[]): string[] {
  const roles = wanted.map((role) => role.trim()).filter((role) => role !== '');
  const unknown = roles.filter((role) => !knownRoles.includes(role));
  if (unknown.length > 0) throw new CommandError(`unknown roles: ${unknown.join(', ')}`);
  return [...new Set(roles)].sort();
}

/** Go's form of a duration, which the flag has checked. */
function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  );
}
