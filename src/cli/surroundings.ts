import { homedir } from 'node:os';
import type { ClusterConfig } from '../config/schema.js';
import { clusterTokenOf, resolveToken } from '../config/token.js';
import {
  customEndpoint,
  endpointForToken,
  publicEndpoints,
  type Endpoints,
} from '../lib/endpoints.js';
import { Secret } from '../lib/secret.js';
import { realClock } from '../lib/wait.js';
import type { ClusterFiles } from '../steps/run/context.js';
import { cleanEnvironment } from '../tools/environment.js';
import { resolveName } from '../tools/resolve-name.js';
import type { ClusterOptions } from './compose-flow.js';
import type { CliIo } from './io.js';
import { withAllMissing } from './missing.js';
import { outboundOf } from './outbound.js';
import type { Surroundings, ToolCommands } from './world.js';

interface Place {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly io: CliIo;
}

export type WorldOptions = Pick<ClusterOptions, 'sandbox' | 'command'>;

/** The real cloud, for which a token has to be found, or the simulated one. */
export async function openWorld(options: WorldOptions, place: Place): Promise<Surroundings> {
  return options.sandbox
    ? (await sandboxModule()).openSandboxWorld(place)
    : realWorld(options, place);
}

/** Loaded on demand: a run on the real cloud need not carry a simulated one. */
function sandboxModule() {
  return import('./sandbox-world.js');
}

async function realWorld({ command }: WorldOptions, { config, io }: Place): Promise<Surroundings> {
  const { env } = io;
  const endpoints = await realEndpoints(env);
  const toolEnvironment = cleanEnvironment(env);
  const token = await resolveToken({ env, config, home: homedir() }).catch(
    async (error: unknown) => {
      const looks = { command, config, endpoints, commands, toolEnvironment, signal: io.signal };
      throw await withAllMissing(error, looks);
    },
  );
  return {
    clusterToken: clusterTokenOf({ env, config }) ?? token,
    cloudflareToken: secretIn(env, 'CLOUDFLARE_API_TOKEN'),
    ...{ token, endpoints, commands, toolEnvironment, resolveName },
    clock: realClock,
    failed: new AbortController().signal,
    close: () => Promise.resolve(),
  };
}

function secretIn(env: CliIo['env'], variable: string): Secret | undefined {
  const value = env[variable]?.trim();
  return value ? new Secret(value) : undefined;
}

/** The tools as they are on the PATH. */
const commands: ToolCommands = {
  talosctl: { file: 'talosctl', args: [] },
  kubectl: { file: 'kubectl', args: [] },
  helm: { file: 'helm', args: [] },
};

/** The public endpoints, or the mirrors that the environment names. */
async function realEndpoints(env: CliIo['env']): Promise<Endpoints> {
  const custom = (variable: string): string | undefined => customEndpoint(variable, env[variable]);
  return {
    ...publicEndpoints,
    hcloud: endpointForToken(custom('HCLOUD_ENDPOINT') ?? publicEndpoints.hcloud),
    charts: custom('OXIDE_CHARTS'),
    gatewayApi: custom('OXIDE_GATEWAY_API') ?? publicEndpoints.gatewayApi,
    imageFactory: custom('OXIDE_IMAGE_FACTORY') ?? publicEndpoints.imageFactory,
    outbound: await outboundOf(env),
  };
}
