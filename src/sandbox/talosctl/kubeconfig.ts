import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, normalize, resolve } from 'node:path';
import { connect, connectionFlags, RpcError } from './client.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { fileExists, readText, writeText } from './files.js';
import { mergeKubeconfigs } from './merge-kubeconfigs.js';

/** `talosctl kubeconfig` */
export const kubeconfig: CommandSpec = {
  name: 'kubeconfig',
  usage: '[local-path]',
  args: { kind: 'range', min: 0, max: 1 },
  flags: [
    ...connectionFlags,
    { name: 'force', short: 'f', kind: 'bool' },
    { name: 'force-context-name', kind: 'string' },
    { name: 'merge', short: 'm', kind: 'bool', default: true },
  ],
  async run(invocation) {
    const client = connect(invocation);
    const node = client.oneNode('kubeconfig');
    const wantsMerge = invocation.isSet('merge');
    const path = targetPath(invocation, wantsMerge);
    const exists = fileExists(invocation, path);
    if (exists && !wantsMerge && !invocation.isSet('force')) {
      throw new CommandError(`kubeconfig file already exists, use --force to overwrite: "${path}"`);
    }
    const text = await download(client, node);
    if (path === '-' && !(wantsMerge && exists)) {
      invocation.stdout += text;
      return;
    }
    const data = wantsMerge && exists ? merged(invocation, path, text) : text;
    writeText(invocation, path, { data, mode: 0o600 });
  },
};

function merged(invocation: CommandInvocation, path: string, text: string): string {
  return mergeKubeconfigs(readText(invocation, path), text, {
    overwrite: invocation.isSet('force'),
    contextName: invocation.text('force-context-name'),
  });
}

async function download(client: ReturnType<typeof connect>, node: string): Promise<string> {
  try {
    const { kubeconfig: text } = await client.call('Kubeconfig', node, {});
    return text;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new CommandError(`error copying: ${error.message}`);
  }
}

function targetPath(invocation: CommandInvocation, wantsMerge: boolean): string {
  const { env, cwd } = invocation.io;
  const [given] = invocation.args;
  const usual = env['KUBECONFIG'] ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
  const path = normalize(given ?? (wantsMerge ? usual : cwd));
  const isFolder = statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(path, 'kubeconfig') : path;
}
