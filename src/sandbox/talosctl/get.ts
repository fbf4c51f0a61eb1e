import { encodeYaml } from '../talos/machine-config/encode.js';
import type { Resource, ResourceList } from '../talos/protocol.js';
import { connect, connectionFlags, connectInsecurely } from './client.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { table } from './table.js';

/** `talosctl get`; watching is not simulated. */
export const get: CommandSpec = {
  name: 'get',
  aliases: ['g'],
  usage: '<type> [<id>]',
  args: { kind: 'range', min: 1, max: 2 },
  flags: [
    ...connectionFlags,
    { name: 'namespace', kind: 'string' },
    { name: 'output', short: 'o', kind: 'string', default: 'table' },
    { name: 'insecure', short: 'i', kind: 'bool' },
  ],
  async run(invocation) {
    const output = invocation.text('output');
    if (!/^(table|json|yaml|jsonpath=.+)$/.test(output)) {
      throw new CommandError(`output format "${output}" is not supported`);
    }
    const client = invocation.isSet('insecure')
      ? connectInsecurely(invocation)
      : connect(invocation);
    const [type = '', id] = invocation.args;
    const found: Found[] = [];
    const failures: unknown[] = [];
    await Promise.all(
      client.nodes.map(async (node) => {
        try {
          const wish = { type, ...(id === undefined ? {} : { id }) };
          found.push({ node, list: await client.call('Get', node, wish) });
        } catch (error) {
          failures.push(error);
        }
      }),
    );
    const order = (a: Found, b: Found) =>
      client.nodes.indexOf(a.node) - client.nodes.indexOf(b.node);
    found.sort(order);
    // Those that answer are printed before the others fail it (Talos source, cmd/talosctl get.go).
    print(invocation, output, found);
    if (failures.length > 0) throw failures[0];
  },
};

interface Found {
  readonly node: string;
  readonly list: ResourceList;
}

function print(invocation: CommandInvocation, output: string, found: readonly Found[]): void {
  const items = found.flatMap(({ node, list }) => list.items.map((item) => ({ node, item })));
  if (output === 'table') {
    const columns = found[0]?.list.columns ?? [];
    const heads = ['NODE', 'NAMESPACE', 'TYPE', 'ID', 'VERSION', ...columns.map(([head]) => head)];
    const rows = items.map(({ node, item }) => [
      node,
      item.namespace,
      item.type.split('.')[0]?.replace(/s$/, '') ?? '',
      item.id,
      '1',
      ...columns.map(([, path]) => cell(lookUp(item.spec, path))),
    ]);
    invocation.stdout += table([heads, ...rows]);
    return;
  }
  for (const [index, { node, item }] of items.entries()) {
    if (output === 'json') {
      invocation.print(JSON.stringify({ ...document(item), node }, undefined, 4));
    } else if (output === 'yaml') {
      if (index > 0) invocation.print('---');
      invocation.print(`node: ${node}`);
      invocation.stdout += encodeYaml(document(item));
    } else {
      const path = output.slice('jsonpath='.length).replace(/^['"]?\{?\.?|\}?['"]?$/g, '');
      invocation.print(cell(lookUp({ node, ...document(item) }, path)));
    }
  }
}

function document({ namespace, type, id, spec }: Resource): Record<string, unknown> {
  const metadata = { namespace, type, id, version: 1, owner: '', phase: 'running' };
  return { metadata, spec };
}

function lookUp(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (current, key) => (current as Record<string, unknown> | undefined)?.[key],
      value,
    );
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
