import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { labelKeys } from '../../src/cluster/state/labels.js';
import type { RecordedRequest } from '../../src/sandbox/faults.js';
import { caFingerprint } from '../../src/tools/access-files.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { projectOf } from '../helpers/project.js';
import type { Rehearsal, Run } from '../helpers/rehearsal.js';

type Tree = Readonly<Record<string, unknown>>;

/** The project and what runs in it, without what differs from run to run: ids, addresses, times. */
export interface Shape {
  readonly project: Tree;
  readonly etcd: readonly string[];
  readonly nodes: readonly string[];
  readonly files: readonly string[];
}

/** How everything is now. `run` leads to Kubernetes; without one it is not asked. */
export async function shapeOf(rehearsal: Rehearsal, run?: Run): Promise<Shape> {
  // What is under way ends, and what a deleted server used is free only seconds later.
  await rehearsal.clock.sleep(5 * 60_000);
  const { talos } = rehearsal.world;
  return {
    project: projectShape(rehearsal),
    etcd: talos.bootstrappedClusters().map(({ etcd }) =>
      etcd.members
        .map(({ hostname, learner }) => (learner ? `${hostname} (learner)` : hostname))
        .sort()
        .join(' '),
    ),
    nodes: run ? await nodesOf(run) : [],
    files: filesOf(rehearsal.files.folder),
  };
}

/** The same without the private addresses of workers: they take the lowest that is free at that moment. */
export function withoutAddresses(shape: Shape): Shape {
  const servers = (shape.project['servers'] as readonly Tree[]).map((server) => {
    const { role } = server['labels'] as Readonly<Record<string, unknown>>;
    if (role !== 'worker') return server;
    const nets = (server['private_net'] as readonly Tree[]).map((net) => ({ ...net, ip: 'some' }));
    return { ...server, private_net: nets };
  });
  return { ...shape, project: { ...shape.project, servers } };
}

async function nodesOf({ ctx }: Run): Promise<string[]> {
  const args = ['--kubeconfig', ctx.files.kubeconfig, 'get', 'nodes', '--output', 'json'];
  const { stdout } = await ctx.run({ tool: 'kubectl', args, timeoutMs: 1_000 });
  return parseNodes(stdout)
    .map((node) =>
      [node.name, node.role, node.ready ? 'Ready' : node.reason, node.unschedulable].join(' '),
    )
    .sort();
}

function projectShape(rehearsal: Rehearsal): Tree {
  // Images are the project's, not the cluster's.
  const collections = Object.entries(projectOf(rehearsal).snapshot()).filter(
    ([collection]) => collection !== 'images',
  );
  const names = new Map<unknown, string>();
  for (const [collection, items] of collections) {
    for (const { id, name } of items) names.set(id, `${collection}/${unnumbered(name)}`);
  }
  return Object.fromEntries(
    collections.map(([collection, items]) => [
      collection,
      items.map((item) => plain(item, names)).sort(byText),
    ]),
  );
}

/** Facts that are other ones each time, or that time changes by itself. */
const volatile = new Set(
  [
    'id created mac_address dns_ptr fingerprint public_key ca-fingerprint ip server_type'.split(
      ' ',
    ),
    'location image included_traffic ingoing_traffic outgoing_traffic gateway prices'.split(' '),
  ].flat(),
);

/** Public addresses and names made of ids are only told to be there. */
function plain(value: unknown, names: ReadonlyMap<unknown, string>, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((inner) => plain(inner, names, key)).sort(byText);
  }
  if (typeof value === 'object' && value !== null) {
    const lasting = Object.entries(value).filter(([inner]) => inner !== labelKeys.lease);
    const entries = lasting.map(([inner, child]): [string, unknown] => {
      if (inner === 'id' && names.has(child)) return [inner, names.get(child)];
      if (inner === 'ip' && key === 'private_net') return [inner, child];
      if (inner === 'server_type' || inner === 'location') {
        return [inner, (child as { name?: string }).name ?? child];
      }
      if (volatile.has(inner)) return [inner, child === null ? null : 'some'];
      return [inner, plain(child, names, inner)];
    });
    return Object.fromEntries(entries);
  }
  if (typeof value === 'number' && names.has(value)) return names.get(value);
  return typeof value === 'string' ? unnumbered(value) : value;
}

/** Primary IPs that come with a server are named by their id. */
const unnumbered = (name: string): string => name.replace(/^primary_ip-\d+$/, 'primary_ip-some');

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Files with their rights. A run that goes on backs etcd up once more. */
function filesOf(folder: string): string[] {
  const lines = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const rights = (statSync(path).mode & 0o777).toString(8);
    const name = path.slice(folder.length + 1).replace(/etcd-\d.*Z/, 'etcd-time');
    return `${rights} ${name}`;
  });
  // Of a killed run, whose id the next ones need, or of one whose disk did not let it be removed.
  return [...new Set(lines)].filter((line) => !/^600 oxide\.lock(\.\w+)?$/.test(line)).sort();
}

/** What holds after every cell, however it went. */
export function demandPromises(rehearsal: Rehearsal, writesBefore: number): void {
  const { faults, files } = rehearsal;
  demandNoKnownName(faults.writes.slice(writesBefore));
  for (const line of filesOf(files.folder)) {
    expect(line, 'rights of files and folders').toMatch(/^(600|700) /);
    expect(line, 'leftovers').not.toMatch(/\.scratch-|\.tmp$|unfinished$/);
  }
  if (rehearsal.runs.at(-1)?.ctx.holder.hasLease === false)
    expect(existsSync(files.lock)).toBe(false);
  const [network] = projectOf(rehearsal)
    .list('networks')
    .filter(({ name }) => name === 'demo');
  if (network) {
    const disturbed = faults.requests.some(
      ({ fault, path }) => fault !== undefined && path.startsWith('/networks'),
    );
    const lease = disturbed ? undefined : network.labels[labelKeys.lease];
    expect(lease, 'a lease that was not given back').toBeUndefined();
    const own = caFingerprint(readFileSync(files.secrets, 'utf8'));
    expect(network.labels['ca-fingerprint'], 'whose secrets the cluster has').toBe(own);
  }
}

/**
 * A create call for a name that exists got other tools' users their accounts closed: Hetzner may
 * only have to say so when oxide could not know, because an answer was lost.
 */
function demandNoKnownName(writes: readonly RecordedRequest[]): void {
  writes.forEach(({ method, path, body, error }, i) => {
    if (method !== 'POST' || error !== 'uniqueness_error') return;
    const { name } = body as { name: string };
    const lostBefore = writes
      .slice(0, i)
      .some((one) => one.path === path && nameIn(one.body) === name && one.outcome === 'reset');
    expect(lostBefore, `POST ${path} for the name ${name}, which exists`).toBe(true);
  });
}

function nameIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
}
