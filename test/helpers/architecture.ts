import { usesOf, type Import } from './imports.js';
import type { SourceText } from './source-files.js';

/**
 * Which layer may import which (design: "Who may import whom"), from the outside to the inside: no
 * layer imports one that stands above it, but for the types that `cluster` takes from `config`.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'ui',
    'flows',
    'sandbox',
    'steps',
    'config',
    'cluster',
    'addons',
    'hetzner',
    'tools',
    'lib',
  ],
  flows: ['steps', 'config', 'cluster', 'lib'],
  steps: ['config', 'cluster', 'addons', 'hetzner', 'tools', 'lib'],
  ui: ['cluster', 'lib'],
  config: ['lib'],
  cluster: ['addons', 'lib'],
  addons: ['lib'],
  hetzner: ['lib'],
  tools: ['lib'],
  sandbox: ['lib'],
  lib: [],
};

/**
 * The rooms of the layers that have some, from the outside to the inside: a room uses itself and
 * those that stand behind it.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  cluster: ['status', 'plan', 'talos', 'catalogue', 'kubernetes', 'network', 'state'],
  steps: [
    'addons',
    'kubernetes',
    'talos',
    'image',
    'access',
    'hetzner',
    'ownership',
    'observe',
    'run',
  ],
};

/**
 * Folders of a room, in the same order. What lies in the room itself is what they share: it stands
 * behind all of them.
 */
const innerRooms: Readonly<Record<string, readonly string[]>> = {
  'cluster/plan': ['replace', 'scale', 'create', 'differences'],
};

/** Layers of which another may import the types. */
export const typesOnly: Readonly<Record<string, readonly string[]>> = {
  cluster: ['config'],
  addons: ['config'],
};

/**
 * Facts of the domain that cluster.yaml is checked with (docs/decisions/0003), and that addons are
 * chosen by. They are pure, and import nothing but `lib` and each other.
 */
export const domainFacts: readonly string[] = [
  'cluster/network/node-addresses.ts',
  'cluster/network/cidr.ts',
  'cluster/network/firewall-limits.ts',
  'cluster/state/names.ts',
  'cluster/talos/pins.ts',
  'cluster/talos/versions.ts',
];

const processDoors = ['cli/', 'ui/', 'sandbox/talosctl/main.ts'];
const timer = ['lib/wait.ts'];

/** Packages and modules, and the only files or folders that may import them. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  undici: ['hetzner/api.ts', 'tools/download.ts'],
  execa: ['tools/exec.ts'],
  ssh2: ['tools/ssh.ts', 'sandbox/'],
  commander: ['cli/'],
  'age-encryption': ['tools/sealed-archive.ts'],
  'tar-stream': ['tools/sealed-archive.ts', 'sandbox/downloads/archive.ts'],
  ora: ['ui/'],
  yaml: [
    'config/',
    'lib/yaml-text.ts',
    'cluster/talos/discovery.ts',
    'cluster/kubernetes/gateway-manifest.ts',
    'tools/access-files.ts',
    'tools/chart-index.ts',
    'sandbox/downloads/image-factory.ts',
    'tools/machine-config-facts.ts',
    'tools/merge-kubeconfig.ts',
    'sandbox/talos/',
    'sandbox/talosctl/',
  ],
  'node:v8': ['cli/engine.ts'],
  'node:http': ['sandbox/'],
  'node:https': ['sandbox/'],
  'node:http2': [],
  'node:child_process': [],
  'node:timers': timer,
  'node:timers/promises': timer,
  'node:process': processDoors,
  'node:console': [],
};

/** Globals, and the only files or folders that may use them. */
const globalOwners: Readonly<Record<string, readonly string[]>> = {
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  'Date.now': timer,
  'Date.*': timer,
  'new Date()': timer,
  'AbortSignal.timeout': timer,
  'performance.now': [...timer, 'ui/', 'tools/exec.ts'],
  'performance.*': timer,
  'process.exit': processDoors,
  'process.exitCode': processDoors,
  'process.env': processDoors,
  'process.argv': processDoors,
  'process.stdin': processDoors,
  'process.stdout': processDoors,
  'process.stderr': processDoors,
  'process.*': processDoors,
  fetch: [],
  require: [],
  'import(…)': [],
};

/** Everything in these files that the architecture does not allow, as `file: what`. */
export function violations(files: readonly SourceText[]): readonly string[] {
  return files.flatMap((file) => {
    const { imports, globals } = usesOf(file);
    const found = [
      ...layerProblem(file.path),
      ...imports.flatMap((one) => importProblem(file.path, one)),
      ...globals.flatMap((name) => globalProblem(file.path, name)),
    ];
    return [...new Set(found)].map((what) => `${file.path}: ${what}`);
  });
}

function layerOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function layerProblem(path: string): readonly string[] {
  const [layer = '', room = ''] = path.split('/');
  if (!(layer in layers)) return ['is in no layer'];
  const known = rooms[layer];
  return !known || known.includes(room) ? [] : [`is in no room of ${layer}`];
}

/** Why a file of a room may not import this one of the same layer; undefined when it may. */
function roomProblem(path: string, target: string): string | undefined {
  const [layer = '', from = ''] = path.split('/');
  const to = target.split('/')[1] ?? '';
  const known = from === to ? innerRooms[`${layer}/${from}`] : rooms[layer];
  const depth = from === to ? 2 : 1;
  if (!known || placeIn(known, path, depth) <= placeIn(known, target, depth)) return undefined;
  const [room, other] = [path, target].map((one) => one.split('/').slice(0, -1).join('/'));
  return `imports ${target}: the room ${room} must not import ${other}`;
}

/** How far in a file stands among folders that begin at this depth; what is in none stands behind all. */
function placeIn(folders: readonly string[], path: string, depth: number): number {
  const at = folders.indexOf(path.split('/')[depth] ?? '');
  return at < 0 ? folders.length : at;
}

function importProblem(path: string, { target, relative, typeOnly }: Import): readonly string[] {
  if (!relative) return ownerProblem(path, `imports ${target}`, packageOwners[nameOf(target)]);
  if (target.startsWith('..')) return [`imports ${target}, which is outside of src`];
  const [from, to] = [layerOf(path), layerOf(target)];
  if (domainFacts.includes(path)) {
    const pure = to === 'lib' || domainFacts.includes(target);
    return pure ? [] : [`imports ${target}, but config relies on it: only lib and its like`];
  }
  if (from === to) return [roomProblem(path, target) ?? []].flat();
  if (layers[from]?.includes(to)) return [];
  if ((from === 'config' || from === 'addons') && domainFacts.includes(target)) return [];
  if (!typesOnly[from]?.includes(to)) return [`imports ${target}: ${from} must not import ${to}`];
  return typeOnly ? [] : [`imports ${target}: ${from} may only import types of ${to}`];
}

/** `commander` of `commander/esm.mjs`; modules of Node with their prefix and their folder. */
function nameOf(target: string): string {
  if (target.startsWith('node:')) return target;
  if (`node:${target}` in packageOwners) return `node:${target}`;
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function globalProblem(path: string, name: string): readonly string[] {
  const owners = name.startsWith('console.') ? [] : globalOwners[name];
  return ownerProblem(path, `uses ${name}`, owners);
}

function ownerProblem(
  path: string,
  what: string,
  owners: readonly string[] | undefined,
): readonly string[] {
  if (!owners || owners.some((owner) => belongsTo(path, owner))) return [];
  const place = owners.length === 0 ? 'nowhere' : `only in ${owners.join(', ')}`;
  return [`${what}, which is allowed ${place}`];
}

function belongsTo(path: string, owner: string): boolean {
  return owner.endsWith('/') ? path.startsWith(owner) : path === owner;
}
