import { realClock } from '../lib/wait.js';
import { createToolRunner, type RunTool } from '../tools/exec.js';
import { cleanEnvironment } from '../tools/environment.js';
import type { CliIo } from './io.js';

/** talosctl for what needs no cluster: the user's own, or with --sandbox the stand-in. */
export async function offlineTalosctl(
  io: CliIo,
  {
    sandbox = false,
    version,
  }: { readonly sandbox?: boolean | undefined; readonly version: string },
): Promise<RunTool> {
  const talosctl = sandbox ? await standIn() : { file: 'talosctl', args: [] };
  const none = { file: 'none', args: [] };
  const env = cleanEnvironment(io.env);
  return createToolRunner({
    commands: { talosctl, kubectl: none, helm: none },
    env: sandbox ? { ...env, OXIDE_SANDBOX_TALOSCTL_VERSION: version } : env,
    clock: realClock,
    signal: io.signal,
  });
}

async function standIn() {
  const { talosctlScript } = await import('../sandbox/sandbox.js');
  return { file: process.execPath, args: ['--no-warnings', talosctlScript] };
}
