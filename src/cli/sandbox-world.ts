import { join, resolve } from 'node:path';
import { typesOf } from '../cluster/catalogue/candidates.js';
import { addedToTalos } from '../cluster/catalogue/schematic.js';
import type { ClusterConfig } from '../config/schema.js';
import { clusterTokenOf, type Token } from '../config/token.js';
import type { Endpoints } from '../lib/endpoints.js';
import { UsageError } from '../lib/errors.js';
import { directly } from '../lib/outbound.js';
import { Secret } from '../lib/secret.js';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.js';
import { furtherToken } from '../sandbox/tokens.js';
import type { ClusterFiles } from '../steps/run/context.js';
import { cleanEnvironment } from '../tools/environment.js';
import { sandboxFolder } from './output-folder.js';
import type { Surroundings } from './world.js';
import type { CliIo } from './io.js';
import { withoutShims } from './sandbox-shims.js';
import { sandboxTools } from './sandbox-tools.js';

const defaultSpeed = 60;

interface SandboxWish {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly io: CliIo;
}

/** The surroundings of a rehearsal: the same as the real ones, but all of them on this machine. */
export async function openSandboxWorld({ config, files, io }: SandboxWish): Promise<Surroundings> {
  // Absolute: what is printed for another shell must hold in any folder.
  const folder = resolve(sandboxFolder(files.folder));
  const speed = sandboxSpeed(io.env);
  const toolEnvironment = sandboxEnvironment(io.env, { folder, config });
  // Before anything is opened: without its tools a rehearsal does not begin.
  const commands = await sandboxTools({ config, io, toolEnvironment });
  const sandbox = await openSandbox({ folder, speed });
  try {
    await addNamedSnapshot(sandbox, config);
    const { schematic_id: known } = config.talos;
    if (known !== undefined) await sandbox.ensureSchematic(known);
  } catch (error) {
    await sandbox.close().catch(() => undefined);
    throw error;
  }
  const token = { token: new Secret(sandbox.token), source: 'the sandbox' };
  return {
    token,
    clusterToken: clusterToken(io.env, { config, token }),
    // Nobody asks Cloudflare in a rehearsal.
    cloudflareToken: new Secret('rehearsed'),
    endpoints: sandboxEndpoints(sandbox.url),
    clock: sandbox.clock,
    commands,
    toolEnvironment: { ...toolEnvironment, OXIDE_SANDBOX_URL: sandbox.url },
    failed: sandbox.failed,
    resolveName: (name) => sandbox.resolve(name),
    host: sandbox.host,
    close: () => sandbox.close(),
  };
}

/** Another token for the controllers is rehearsed with one that stands for it. */
function clusterToken(
  env: CliIo['env'],
  { config, token }: { readonly config: ClusterConfig; readonly token: Token },
): Token {
  const wished = clusterTokenOf({ env, config });
  if (!wished) return token;
  const standIn = furtherToken(token.token.reveal(), wished.token.reveal());
  return { token: new Secret(standIn), source: wished.source };
}

/**
 * A project of one's own has the snapshot that cluster.yaml names by its id: nothing but that id could
 * be rehearsed otherwise. All others are made, as in a project that is empty.
 */
async function addNamedSnapshot(sandbox: Sandbox, config: ClusterConfig): Promise<void> {
  const { version, hcloud_snapshot_id: id } = config.talos;
  if (id === undefined) return;
  await sandbox.ensureSnapshot({
    ...{ id, talosVersion: version, schematic: addedToTalos(config.talos) },
    serverTypes: [...config.control_planes, ...config.workers].flatMap(typesOf),
  });
}

/** How many simulated seconds pass in a real one: OXIDE_SANDBOX_SPEED, 60 unless set. */
export function sandboxSpeed(env: CliIo['env']): number {
  const wished = env['OXIDE_SANDBOX_SPEED'];
  if (wished === undefined) return defaultSpeed;
  const speed = Number(wished);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new UsageError(
    `OXIDE_SANDBOX_SPEED is "${wished}"`,
    'It takes a number above 0, such as 60.',
  );
}

export function sandboxEndpoints(url: string): Endpoints {
  return {
    hcloud: `${url}/v1`,
    ownIpv4: [`${url}/ip`],
    ownIpv6: [`${url}/ip6`],
    ciliumChart: `${url}/charts`,
    charts: `${url}/charts`,
    gatewayApi: `${url}/gateway-api`,
    imageFactory: `${url}/image-factory`,
    nodeProxy: url,
    outbound: directly,
  };
}

/** What kubectl and helm keep goes into the sandbox's folder, never into the user's. */
export function sandboxEnvironment(
  env: CliIo['env'],
  { folder, config }: { readonly folder: string; readonly config: ClusterConfig },
): Record<string, string> {
  const clean = Object.entries(cleanEnvironment(env))
    .filter(([key]) => !/_proxy$/i.test(key))
    .map(([key, value]) => [key, /^path$/i.test(key) ? withoutShims(value, folder) : value]);
  return {
    ...(Object.fromEntries(clean) as Record<string, string>),
    HOME: join(folder, 'home'),
    KUBECACHEDIR: join(folder, 'home', 'kube-cache'),
    HELM_CACHE_HOME: join(folder, 'home', 'helm-cache'),
    HELM_CONFIG_HOME: join(folder, 'home', 'helm-config'),
    HELM_DATA_HOME: join(folder, 'home', 'helm-data'),
    OXIDE_SANDBOX_TALOSCTL_VERSION: config.talos.version,
  };
}
