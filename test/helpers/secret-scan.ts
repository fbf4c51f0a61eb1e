import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { parseDocument } from 'yaml';
import type { Rehearsal } from './open-rehearsal.js';

/** A text that nobody but its owner may see, and what it is. */
export interface KnownSecret {
  readonly what: string;
  readonly value: string;
}

/** Something that was written, printed or passed on. */
export interface Haystack {
  readonly where: string;
  readonly text: string;
}

/** Shorter values occur by chance. */
const shortest = 16;

/** Every secret that an output folder holds: raw, and what the base64 of these files stands for. */
export function secretsIn(folder: string): KnownSecret[] {
  return [
    ...leavesOf(folder, 'secrets.yaml'),
    ...leavesOf(folder, 'talosconfig'),
    ...leavesOf(folder, 'kubeconfig'),
    ...keyLines('id_ed25519', textOf(join(folder, 'id_ed25519')) ?? ''),
  ];
}

/** The token that the simulated project of an output folder accepts. */
export function sandboxToken(output: string): KnownSecret[] {
  const text = textOf(join(output, 'sandbox', 'sandbox.json'));
  if (text === undefined) return [];
  return [{ what: 'the API token', value: (JSON.parse(text) as { token: string }).token }];
}

/** Throws when one of the secrets is in one of the haystacks. */
export function demandNoSecret(
  secrets: readonly KnownSecret[],
  haystacks: readonly Haystack[],
): void {
  for (const { where, text } of haystacks) {
    const leaked = secrets.find(({ value }) => text.includes(value));
    if (leaked) throw new Error(`a secret leaked: ${leaked.what} is in ${where}`);
  }
}

/** Scans all that the runs of a rehearsal said, passed to tools and wrote for others to read. */
export function scanRehearsal({
  world,
  files,
  runs,
}: Pick<Rehearsal, 'world' | 'files' | 'runs'>): void {
  const token: KnownSecret = { what: 'the API token', value: world.token };
  const secrets = [token, ...secretsIn(files.folder)];
  const haystacks = runs.flatMap(({ events, plans, calls, errors }, i): Haystack[] => [
    { where: `the events of run ${i + 1}`, text: JSON.stringify(events) },
    { where: `the plans of run ${i + 1}`, text: JSON.stringify(plans) },
    {
      where: `the arguments and environment of tools in run ${i + 1}`,
      text: calls.map(({ args, env = {} }) => JSON.stringify([args, env])).join('\n'),
    },
    { where: `the errors of run ${i + 1}`, text: errors.map(everythingOf).join('\n') },
  ]);
  demandNoSecret(secrets, [...haystacks, ...readableByOthers(files.folder)]);
  // Tokens have no place in files of the cluster at all, whoever may read them.
  demandNoSecret([token], allFiles(files.folder).map(asHaystack));
}

/** All that could be shown of something that was thrown: message, hint, causes, properties. */
export function everythingOf(error: unknown): string {
  return inspect(error, { depth: 10, maxStringLength: Infinity, maxArrayLength: Infinity });
}

/** Files that others than their owner may read or write. */
function readableByOthers(folder: string): Haystack[] {
  return allFiles(folder)
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map(asHaystack);
}

function asHaystack(path: string): Haystack {
  return { where: path, text: readFileSync(path, 'latin1') };
}

function allFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(join(folder, 'sandbox')))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The values in a YAML file, but for its certificates and addresses: these are for everybody. */
function leavesOf(folder: string, name: string): KnownSecret[] {
  const text = textOf(join(folder, name));
  if (text === undefined) return [];
  const found: KnownSecret[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    } else if (typeof value === 'string' && isSecret(path, value)) {
      found.push({ what: path, value }, ...decoded(path, value));
    }
  };
  // Tests also plant files that are no YAML.
  walk(parseDocument(text).toJS(), name);
  return found;
}

function isSecret(path: string, value: string): boolean {
  if (value.length < shortest) return false;
  return path.startsWith('secrets.yaml')
    ? !path.endsWith('.crt')
    : /\.(key|client-key-data|token)$/.test(path);
}

/** What a value is the base64 of; the lines of a key, because they may come apart. */
function decoded(path: string, value: string): KnownSecret[] {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return text.includes('PRIVATE KEY') ? keyLines(path, text) : [];
}

function keyLines(what: string, pem: string): KnownSecret[] {
  return pem
    .split('\n')
    .filter((line) => line.length >= 40 && !line.includes('-----'))
    .map((value) => ({ what, value }));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
