import { wallClock } from '../../lib/wait.js';
import { postJson } from '../loopback.js';
import type { TalosAnswer, TalosRequest } from '../talos/protocol.js';
import { runTalosctl, type TalosctlResult } from './run.js';

/** One call of the stand-in for talosctl. */
export interface TalosctlCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

/** Runs the stand-in on this machine: its nodes are where OXIDE_SANDBOX_URL leads to. */
export function callTalosctl({ args, env, signal }: TalosctlCall): Promise<TalosctlResult> {
  return runTalosctl(args, {
    ...{ env, signal },
    cwd: process.cwd(),
    platform: `${process.platform === 'win32' ? 'windows' : process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    version: env['OXIDE_SANDBOX_TALOSCTL_VERSION'] ?? 'v1.13.9',
    now: wallClock,
    call: async (request: TalosRequest): Promise<TalosAnswer> => {
      const [endpoint = ''] = request.endpoints;
      const refused = `connection error: desc = "transport: Error while dialing: dial tcp ${endpoint}:50000: connect: connection refused"`;
      const url = env['OXIDE_SANDBOX_URL'];
      if (url === undefined)
        return { failure: { code: 'Unavailable', message: refused, atEndpoint: true } };
      try {
        const options = signal ? { signal } : {};
        return (await postJson(`${url}/talos`, request, options)) as TalosAnswer;
      } catch {
        return { failure: { code: 'Unavailable', message: refused, atEndpoint: true } };
      }
    },
  });
}
