import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { tool } from '../lib/commands.js';
import { messageOf, PreconditionError } from '../lib/errors.js';
import { Secret } from '../lib/secret.js';
import type { ClusterConfig } from './schema.js';

export interface TokenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined for commands that need no cluster.yaml. */
  readonly config: ClusterConfig | undefined;
  /** The user's home folder. */
  readonly home: string;
}

/** An API token and where it came from, for error messages. */
export interface Token {
  readonly token: Secret;
  readonly source: string;
}

/**
 * The API token: the environment's, then cluster.yaml's, then the one of the hcloud CLI. Throws a
 * PreconditionError that names the source when it is empty, and all three ways when there is none.
 */
export async function resolveToken(options: TokenOptions): Promise<Token> {
  const fromEnvironment = options.env['HCLOUD_TOKEN'];
  if (fromEnvironment !== undefined) return usable(fromEnvironment, 'HCLOUD_TOKEN');
  const configured = options.config?.hcloud.token;
  if (configured) return usable(configured.reveal(), 'hcloud.token in cluster.yaml');
  const ofCli = await hcloudCliToken(options);
  if (ofCli) return ofCli;
  throw new PreconditionError(
    'no Hetzner Cloud API token',
    `Set HCLOUD_TOKEN, or hcloud.token in cluster.yaml, or make a context with: ${tool`hcloud context create NAME`}`,
    'token.missing',
  );
}

/** The token of its own that the cluster gets; undefined: it is the one that oxide uses. */
export function clusterTokenOf({ env, config }: Omit<TokenOptions, 'home'>): Token | undefined {
  const variable = 'HCLOUD_CLUSTER_TOKEN';
  const fromEnvironment = env[variable];
  if (fromEnvironment !== undefined) return usable(fromEnvironment, variable);
  const configured = config?.hcloud.cluster_token;
  return configured && usable(configured.reveal(), 'hcloud.cluster_token in cluster.yaml');
}

function usable(value: string, source: string): Token {
  const trimmed = value.trim();
  if (trimmed === '') {
    throw new PreconditionError(`the Hetzner Cloud API token from ${source} is empty`);
  }
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new PreconditionError(
      `the Hetzner Cloud API token from ${source} contains blanks or other characters that no token has`,
    );
  }
  return { token: new Secret(trimmed), source };
}

/** The hcloud CLI's own file: `active_context = "x"`, `[[contexts]]` with name and token. */
const cliConfig = z.object({
  active_context: z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), token: z.string() })).default([]),
});

async function hcloudCliToken({ env, home }: TokenOptions): Promise<Token | undefined> {
  const path = cliConfigPath(env, home);
  const text = await readCliConfig(path, setIn(env, 'HCLOUD_CONFIG') !== undefined);
  if (text === undefined) return undefined;
  const { active_context, contexts } = parseCliConfig(text, path);
  const asked = setIn(env, 'HCLOUD_CONTEXT');
  const name = asked ?? active_context;
  if (name === undefined || name === '') return undefined;
  const context = contexts.find((candidate) => candidate.name === name);
  if (context) return usable(context.token, `the hcloud context "${name}" (${path})`);
  if (asked === undefined) return undefined;
  throw new PreconditionError(
    `HCLOUD_CONTEXT names "${asked}", which is not a context in ${path}`,
    `${tool`hcloud context list`} shows the contexts.`,
  );
}

/** A variable that is empty counts as unset, as for the hcloud CLI. */
function setIn(env: TokenOptions['env'], name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function cliConfigPath(env: TokenOptions['env'], home: string): string {
  const appData = setIn(env, 'APPDATA');
  const folder = appData === undefined ? join(home, '.config') : appData;
  return setIn(env, 'HCLOUD_CONFIG') ?? join(folder, 'hcloud', 'cli.toml');
}

async function readCliConfig(path: string, mustExist: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !mustExist) return undefined;
    throw new PreconditionError(`cannot read the hcloud CLI's file ${path}: ${messageOf(error)}`);
  }
}

/** The parser's own message quotes the line it stopped at, which may hold a token: it is not shown. */
function parseCliConfig(text: string, path: string): z.output<typeof cliConfig> {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new PreconditionError(`the hcloud CLI's file ${path} is not valid TOML`);
  }
  const result = cliConfig.safeParse(value);
  if (result.success) return result.data;
  throw new PreconditionError(`the hcloud CLI's file ${path} has no list of contexts with tokens`);
}
