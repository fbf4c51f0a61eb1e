import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { remembered } from '../remembered.js';
import { encodeYaml } from '../talos/machine-config/encode.js';
import { CommandError, type CommandInvocation } from './command.js';
import { fileExists, readText, writeText } from './files.js';

/** How one cluster is reached; the certificates are base64 of PEM. */
export interface TalosContext {
  endpoints: string[];
  nodes?: string[];
  ca?: string;
  crt?: string;
  key?: string;
}

export interface Talosconfig {
  context: string;
  contexts: Record<string, TalosContext>;
}

/** Every call opens the same file. */
const contentOf = remembered((text) => parse(text) as unknown, { last: 20 });

/** Opens the talosconfig of a command line. A file that is named but missing is created, empty. */
export function openTalosconfig(invocation: CommandInvocation, path?: string): Talosconfig {
  const file = path ?? pathOf(invocation);
  if (!fileExists(invocation, file)) saveText(invocation, file, encodeYaml(empty()));
  let value: unknown;
  try {
    value = structuredClone(contentOf(readText(invocation, file)));
  } catch (error) {
    throw new CommandError(
      `failed to open config file "${file}": yaml: ${error instanceof Error ? error.message : ''}`,
    );
  }
  const config = (value ?? {}) as Partial<Talosconfig>;
  return { context: config.context ?? '', contexts: config.contexts ?? {} };
}

/** Saves it where it was opened, or in a file of its own. */
export function saveTalosconfig(
  invocation: CommandInvocation,
  config: Talosconfig,
  path = pathOf(invocation),
): void {
  saveText(invocation, path, encodeYaml(config));
}

/** The context that the command line or the file itself chooses. */
export function contextOf(invocation: CommandInvocation, config: Talosconfig): TalosContext {
  const name = invocation.text('context') || config.context;
  const context = Object.hasOwn(config.contexts, name) ? config.contexts[name] : undefined;
  if (context) return context;
  throw new CommandError(`context "${name}" is not defined`);
}

function empty(): Talosconfig {
  return { context: '', contexts: {} };
}

function saveText(invocation: CommandInvocation, path: string, data: string): void {
  writeText(invocation, path, { data, mode: 0o600 });
}

function pathOf(invocation: CommandInvocation): string {
  const { env } = invocation.io;
  const given = invocation.text('talosconfig') || (env['TALOSCONFIG'] ?? '');
  if (given !== '') return given;
  const home = env['TALOS_HOME'] ?? join(env['HOME'] ?? homedir(), '.talos');
  return join(home, 'config');
}
