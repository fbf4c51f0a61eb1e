import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { oxide } from '../lib/commands.js';
import { messageOf, UsageError } from '../lib/errors.js';
import { readAtMost } from '../lib/read-at-most.js';
import { asWritten } from './as-written.js';
import { withChartPlaces } from './chart-places.js';
import { withManifests } from './manifest-places.js';
import { knownKeys } from './described-schema.js';
import { inputShape } from './input-shape.js';
import { withoutExtensions } from './extensions.js';
import { fileText } from './file-text.js';
import { foreignTool } from './foreign-files.js';
import { resolvePatch, type ReadFile } from './patches.js';
import { placedPatch } from './placed-patch.js';
import { kindOf, reasonOf, unknownKeyReason } from './reasons.js';
import { addCrossFieldProblems } from './rules.js';
import { clusterSchema, type ClusterConfig } from './schema.js';
import type { ConfigPatch } from './fields.js';
import { problemsError } from './problems-error.js';
import { readYaml, type Path, type Problem, type YamlSource } from './source.js';
import { yamlLimits } from './yaml-walk.js';

export interface ParseOptions {
  /** The file's path as the user gave it: errors name it, and patches are relative to it. */
  readonly file: string;
  readonly readFile?: ReadFile;
}

/** Reads and checks cluster.yaml. Throws a UsageError with every problem and its place. */
export async function loadConfig(path: string): Promise<ClusterConfig> {
  if (path === '') throw new UsageError('--config names no file', unnamedHint, 'config.missing');
  let bytes: Buffer;
  try {
    bytes = await readAtMost(path, yamlLimits.bytes);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (bytes.length > yamlLimits.bytes) throw tooLarge(path);
  const read = fileText(bytes);
  if ('reason' in read)
    throw new UsageError(`${path}: ${read.reason}`, encodingHint, unreadableCode);
  return parseConfig(read.text, { file: path });
}

/** Checks the text of a cluster.yaml. Throws a UsageError with every problem and its place. */
export function parseConfig(text: string, options: ParseOptions): ClusterConfig {
  if (Buffer.byteLength(text) > yamlLimits.bytes) throw tooLarge(options.file);
  const source = readYaml(text);
  const tool = foreignTool(text, source.value);
  if (tool !== undefined) throw foreign(options.file, tool);
  if (source.problems.length > 0) throw problemsError(options.file, source.problems);
  const root = source.value;
  if (root === null || root === undefined) {
    throw new UsageError(`${options.file}: the file is empty`, exampleHint, 'config.invalid');
  }
  if (typeof root !== 'object' || Array.isArray(root)) {
    const reason = `must be a mapping of keys and values, not ${kindOf(root)}`;
    throw problemsError(options.file, [{ position: source.valueAt([]), path: '', reason }]);
  }
  const written = asWritten(withoutExtensions(source), inputShape(clusterSchema));
  const result = checkedSchema.safeParse(withoutBlanks(written.value, []), { error: reasonOf });
  const issues = result.error?.issues ?? [];
  const problems = [...written.problems, ...issues.flatMap((issue) => problemsOf(issue, source))];
  if (!result.success || problems.length > 0) throw problemsError(options.file, problems);
  return resolveFiles(result.data, source, options);
}

/** Every key by itself, and what several of them say together. */
const checkedSchema = clusterSchema.superRefine(addCrossFieldProblems, { when: () => true });

const exampleHint = `Write an example to begin with: ${oxide`init`}`;
const largeHint =
  'Is it the right file? Large patches can be files of their own (talos.config_patches).';

const unnamedHint = 'Name the file of the cluster, or leave --config out for ./cluster.yaml.';
const encodingHint = 'Is it the right file? cluster.yaml is plain text, written in UTF-8.';

const unreadableCode = 'config.unreadable';

function tooLarge(path: string): UsageError {
  return new UsageError(
    `${path}: the file is larger than ${yamlLimits.bytes / 1024} KiB`,
    largeHint,
    unreadableCode,
  );
}

function foreign(path: string, tool: string): UsageError {
  return new UsageError(
    `${path}: this is a file of ${tool}`,
    "docs/coming-from.md shows the same in oxide's words, key by key.",
    'config.foreign',
  );
}

function unreadable(path: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT')
    return new UsageError(`${path}: there is no such file`, exampleHint, 'config.missing');
  if (code === 'EISDIR') return unreadableFile(`${path}: is a folder, not a file`);
  return unreadableFile(`${path}: cannot be read: ${messageOf(error)}`);
}

function unreadableFile(message: string): UsageError {
  return new UsageError(message, undefined, unreadableCode);
}

/** Where the values of charts are. */
const valuesPath = /^(cilium\.helm_values|addons\.(\w+|charts\.\d+)\.values)$/;

/** A key without a value counts as left out, except in helm values, where it removes a default. */
function withoutBlanks(value: unknown, path: Path): unknown {
  if (valuesPath.test(path.join('.'))) return value;
  if (Array.isArray(value)) return value.map((item, i) => withoutBlanks(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  const filled = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    filled.map(([key, item]) => [key, withoutBlanks(item, [...path, key])]),
  );
}

function problemsOf(issue: z.core.$ZodIssue, source: YamlSource): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        position: source.keyAt([...path, key]),
        path: path.join('.'),
        reason: unknownKeyReason(key, knownKeys(path)),
      }));
    case 'invalid_key': {
      const reason = issue.issues[0]?.message ?? issue.message;
      return [{ position: source.keyAt(path), path: path.join('.'), reason }];
    }
    default:
      return [{ position: source.valueAt(path), path: path.join('.'), reason: issue.message }];
  }
}

/** Puts the contents of files in the place of their paths; every wrong one is reported. */
function resolveFiles(
  config: ClusterConfig,
  source: YamlSource,
  options: ParseOptions,
): ClusterConfig {
  const folder = dirname(resolve(options.file));
  const read = options.readFile ?? readTextIfThere;
  const problems: Problem[] = [];
  const patches = (key: PatchKey): ConfigPatch[] =>
    config.talos[key].flatMap((given, index) => {
      const place = { source, file: options.file, path: ['talos', key, index] };
      const isForWorkers =
        key === 'worker_patches' || (key === 'config_patches' && config.workers.length > 0);
      const patch = placedPatch(resolvePatch(given.text, folder, read), place, isForWorkers);
      if ('text' in patch) return [patch];
      problems.push(...patch.problems);
      return [];
    });
  const talos = {
    ...config.talos,
    config_patches: patches('config_patches'),
    control_plane_patches: patches('control_plane_patches'),
    worker_patches: patches('worker_patches'),
  };
  const around = { folder, read, source };
  const placed = withChartPlaces({ ...config, talos }, around);
  const whole = withManifests(placed.config, around);
  problems.push(...placed.problems, ...whole.problems);
  if (problems.length > 0) throw problemsError(options.file, problems);
  return whole.config;
}

type PatchKey = 'config_patches' | 'control_plane_patches' | 'worker_patches';

function readTextIfThere(path: string): string | undefined {
  try {
    const read = fileText(readFileSync(path));
    if ('text' in read) return read.text;
    throw new UsageError(read.reason);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
