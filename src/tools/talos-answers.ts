import { tool } from '../lib/commands.js';
import { OxideError } from '../lib/errors.js';
import type { ToolOutput } from './invocation.js';

export interface EtcdMember {
  /** Hexadecimal, as `etcd remove-member` takes it. */
  readonly id: string;
  readonly hostname: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** A learner has no vote yet. */
  readonly learner: boolean;
}

/** Reads the table of `talosctl etcd members`; there is no other output format. */
export function parseEtcdMembers({ stdout }: ToolOutput): EtcdMember[] {
  const rows = readTable(stdout, ['ID', 'HOSTNAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER']);
  return rows.map((row) => ({
    id: row['ID'] ?? '',
    hostname: row['HOSTNAME'] ?? '',
    peerUrls: urls(row['PEER URLS']),
    clientUrls: urls(row['CLIENT URLS']),
    learner: row['LEARNER'] === 'true',
  }));
}

export interface EtcdStatus {
  /** The node's own member id, hexadecimal. */
  readonly member: string;
  /** Member id of the leader; zeros when there is none. */
  readonly leader: string;
  readonly learner: boolean;
  /** What etcd complains of: alarms; empty when all is well. */
  readonly errors: string;
}

/** Whether the node's etcd knows a leader: without quorum there is none, and its id is zeros. */
export function hasLeader({ leader }: EtcdStatus): boolean {
  return /[1-9a-f]/.test(leader);
}

/** Each column is followed by one that every version has; between LEARNER and ERRORS they differ. */
const statusColumns = ['MEMBER', 'DB SIZE', 'LEADER', 'RAFT INDEX', 'LEARNER', 'ERRORS'];

/** Reads the table of `talosctl etcd status` of one node; there is no other output format. */
export function parseEtcdStatus({ stdout }: ToolOutput): EtcdStatus {
  const [row] = readTable(stdout, statusColumns);
  if (!row) throw unreadable('no etcd status');
  return toEtcdStatus(row);
}

/** The same of several nodes, by the address of the node; who did not answer has no row. */
export function parseEtcdStatuses({ stdout }: ToolOutput): ReadonlyMap<string, EtcdStatus> {
  const rows = readTable(stdout, ['NODE', ...statusColumns]);
  return new Map(rows.map((row) => [row['NODE'] ?? '', toEtcdStatus(row)]));
}

function toEtcdStatus(row: Record<string, string>): EtcdStatus {
  return {
    member: row['MEMBER'] ?? '',
    leader: row['LEADER'] ?? '',
    learner: /^true\b/.test(row['LEARNER'] ?? ''),
    errors: row['ERRORS'] ?? '',
  };
}

/** The version of Talos that a node runs, from `talosctl version`: `v1.13.9`. */
export function parseServerVersion({ stdout }: ToolOutput): string {
  const tag = /^Server:[\s\S]*?^\s*Tag:\s+(v\S+)/m.exec(stdout)?.[1];
  if (tag === undefined) throw unreadable('no version of the server');
  return tag;
}

/** The same of several nodes, by the address of the node; who did not answer is not in it. */
export function parseServerVersions({ stdout }: ToolOutput): ReadonlyMap<string, string> {
  const [, server = ''] = stdout.split(/^Server:/m);
  const found = server.matchAll(/^\s*NODE:\s+(\S+)\n\s*Tag:\s+(v\S+)$/gm);
  return new Map(Array.from(found, ([, node = '', tag = '']) => [node, tag]));
}

function urls(cell = ''): string[] {
  return cell === '' ? [] : cell.split(',');
}

/**
 * Columns start where their header starts: cells may be empty and headers hold spaces, so the text
 * is cut at those positions. A table that breaks off is refused: a member that it does not list
 * would count as gone.
 */
function readTable(text: string, headers: readonly string[]): Record<string, string>[] {
  if (!text.endsWith('\n')) throw unreadable('a table that is cut off');
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = headers.map((header) => {
    const start = new RegExp(`(?:^|\\s{2})${header}(?=\\s|$)`).exec(head);
    if (!start) throw unreadable(`no column ${header}`);
    return { header, start: start.index + start[0].length - header.length };
  });
  return lines.map((line) =>
    Object.fromEntries(
      columns.map(({ header, start }, i) => [
        header,
        line.slice(start, columns[i + 1]?.start).trim(),
      ]),
    ),
  );
}

function unreadable(what: string): OxideError {
  return new OxideError(`the output of talosctl is not what it should be: ${what}`, {
    hint: `Its version may not be the one that cluster.yaml needs: ${tool`talosctl version --client`}`,
  });
}
