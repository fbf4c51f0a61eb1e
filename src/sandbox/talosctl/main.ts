import { wallClock } from '../../lib/wait.js';
import { postJson } from '../loopback.js';
import type { TalosAnswer, TalosRequest } from '../talos/protocol.js';
import { standInWord } from '../talosctl-command.js';
import { runTalosctl } from './run.js';

const { env } = process;
const args = process.argv.slice(2);
if (args[0] === standInWord) args.shift();
// The real tool never warns of what Node finds worth a warning.
process.removeAllListeners('warning');

void runTalosctl(args, {
  env,
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
      return (await postJson(`${url}/talos`, request)) as TalosAnswer;
    } catch {
      return { failure: { code: 'Unavailable', message: refused, atEndpoint: true } };
    }
  },
}).then((result) => {
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  process.exitCode = result.exitCode;
});
