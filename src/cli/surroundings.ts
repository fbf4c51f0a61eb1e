import { homedir } from 'node:os';
import type { ClusterConfig } from '../config/schema.js';
import { resolveToken } from '../config/token.js';
import {
  customEndpoint,
  endpointForToken,
  publicEndpoints,
  type Endpoints,
} from '../lib/endpoints.js';
import { realClock } from '../lib/wait.js';
import type { ClusterFiles } from '../steps/run/context.js';
import { cleanEnvironment } from '../tools/environment.js';
import { resolveName } from '../tools/resolve-name.js';
import type { CliIo, GlobalOptions } from './io.js';
import { outboundOf } from './outbound.js';
import type { Surroundings } from './world.js';

interface Place {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly io: CliIo;
}

/** The real cloud, for which a token has to be found, or the simulated one. */
export async function openWorld({ sandbox }: GlobalOptions, place: Place): Promise<Surroundings> {
  return sandbox
    ? (await sandboxModule()).openSandboxWorld(place)
    : realWorld(place.config, place.io);
}

/** Loaded on demand: a run on the real cloud need not carry a simulated one. */
function sandboxModule() {
  return import('./sandbox-world.js');
}

async function realWorld(config: ClusterConfig, io: CliIo): Promise<Surroundings> {
  const { env } = io;
  const endpoints = await realEndpoints(env);
  return {
    token: await resolveToken({ env, config, home: homedir() }),
    endpoints,
    clock: realClock,
    commands: {
      talosctl: { file: 'talosctl', args: [] },
      kubectl: { file: 'kubectl', args: [] },
      helm: { file: 'helm', args: [] },
    },
    toolEnvironment: cleanEnvironment(env),
    failed: new AbortController().signal,
    resolveName,
    close: () => Promise.resolve(),
  };
}

/** The public endpoints, or the mirrors that the environment names. */
async function realEndpoints(env: CliIo['env']): Promise<Endpoints> {
  const custom = (variable: string): string | undefined => customEndpoint(variable, env[variable]);
  return {
    ...publicEndpoints,
    hcloud: endpointForToken(custom('HCLOUD_ENDPOINT') ?? publicEndpoints.hcloud),
    gatewayApi: custom('OXIDE_GATEWAY_API') ?? publicEndpoints.gatewayApi,
    outbound: await outboundOf(env),
  };
}
