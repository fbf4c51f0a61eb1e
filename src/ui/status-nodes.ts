import type { ServerStatus } from '../cluster/status/report.js';
import type { Looks } from './style.js';
import { renderTable } from './table.js';

const unknown = '-';

interface Fact {
  /** Of its column. */
  readonly title: string;
  readonly of: (server: ServerStatus) => string;
  /** Where it is the same everywhere: the name of the line that says it once, and how. */
  readonly shared?: { readonly line: string; readonly text: (value: string) => string };
}

const facts: readonly Fact[] = [
  {
    title: 'TYPE',
    of: ({ type }) => type,
    shared: { line: 'Servers', text: (type) => `all ${type}` },
  },
  {
    title: 'LOCATION',
    of: ({ location }) => location,
    shared: { line: 'Servers', text: (location) => `all in ${location}` },
  },
  { title: 'STATE', of: stateOf },
  {
    title: 'KUBERNETES',
    of: ({ kubernetes }) => kubernetes?.version ?? unknown,
    shared: { line: 'Versions', text: (version) => `Kubernetes ${version}` },
  },
  {
    title: 'TALOS',
    of: ({ talosVersion }) => talosVersion ?? unknown,
    shared: { line: 'Versions', text: (version) => `Talos ${version}` },
  },
  { title: 'ETCD', of: etcdWord },
  { title: 'PUBLIC', of: ({ publicIpv4 }) => publicIpv4 ?? unknown },
  { title: 'PRIVATE', of: ({ privateIp }) => privateIp ?? unknown },
];

/** One row for each node; what is the same for all of them is said beside it (`sharedFacts`). */
export function nodeTable(servers: readonly ServerStatus[], looks: Looks): string {
  const shown = facts.filter((fact) => !isShared(fact, servers));
  return renderTable(
    ['NODE', ...shown.map(({ title }) => title)].map((title) => ({ title })),
    servers.map((server) => [server.name, ...shown.map(({ of }) => of(server))]),
    looks,
  );
}

/** What is the same for all nodes, as lines: `Versions  Kubernetes v1.34.1, Talos v1.13.9`. */
export function sharedFacts(servers: readonly ServerStatus[]): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const fact of servers.length > 0 ? facts : []) {
    if (!fact.shared || !isShared(fact, servers)) continue;
    const { line, text } = fact.shared;
    const [value = 'unknown'] = knownOf(fact, servers);
    const before = lines.get(line);
    lines.set(line, `${before === undefined ? '' : `${before}, `}${text(value)}`);
  }
  return lines;
}

/** One that is not known of a node is told by its state. */
function isShared(fact: Fact, servers: readonly ServerStatus[]): boolean {
  return fact.shared !== undefined && knownOf(fact, servers).length <= 1;
}

function knownOf({ of }: Fact, servers: readonly ServerStatus[]): readonly string[] {
  return [...new Set(servers.map(of))].filter((value) => value !== unknown);
}

/** Hetzner's word for a server that does not run, else what Kubernetes says of its node. */
function stateOf({ status, kubernetes }: ServerStatus): string {
  if (status !== 'running') return status;
  if (!kubernetes) return 'running';
  return kubernetes.ready ? 'Ready' : 'NotReady';
}

function etcdWord({ etcd, role }: ServerStatus): string {
  if (!etcd) return role === 'worker' ? '' : unknown;
  if (!etcd.healthy) return 'unhealthy';
  return etcd.leader ? 'leader' : 'member';
}
