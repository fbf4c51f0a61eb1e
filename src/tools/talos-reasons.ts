import type { ConnectionFailure, Prospect } from './connection-failures.js';
import type { ToolError } from './tool-error.js';

/** Why something is not there yet, and whether waiting helps. */
export interface Obstacle {
  readonly prospect: Prospect;
  /** In a few words: `connection refused: the Talos API is not up yet`. */
  readonly why: string;
  /** What to look at, when there is more to say than the wait itself knows. */
  readonly hint?: string;
}

/** What a node answers while it boots, and what etcd says through it. */
export const talosObstacles: readonly (Obstacle & { readonly pattern: RegExp })[] = [
  {
    pattern: /time is not in sync yet/,
    prospect: 'not-yet',
    why: 'the node waits for the time to be in sync',
  },
  {
    pattern: /bootstrap is not available yet/,
    prospect: 'not-yet',
    why: 'the node is still starting its services',
  },
  {
    pattern: /is not registered on any nodes/,
    prospect: 'not-yet',
    why: 'the node has not started etcd yet',
  },
  {
    pattern: /dial tcp \S+:2379: connect: connection refused/,
    prospect: 'not-yet',
    why: 'etcd does not run on the node yet',
  },
  {
    pattern: /etcdserver: |failed to query etcd status: /,
    prospect: 'not-yet',
    why: 'etcd on the node does not answer yet',
  },
  {
    pattern: /lstat \/var\/lib\/etcd: no such file or directory/,
    prospect: 'not-yet',
    why: "the folder of etcd's data is not there yet, or etcd has left the cluster",
  },
];

/** Why the Talos API of a node does not answer yet; undefined: a real failure. */
export function talosObstacle(error: ToolError): Obstacle | undefined {
  const { stderr } = error.failure;
  const known = talosObstacles.find(({ pattern }) => pattern.test(stderr));
  if (known) return known;
  const { connection } = error;
  if (connection) return { ...connection, why: whyOf(connection, stderr) };
  // gRPC's word for every connection that is not there.
  if (!stderr.includes('code = Unavailable')) return undefined;
  return { prospect: 'unknown', why: 'the Talos API is not available yet' };
}

/** Whether nothing of Talos answered: any word of it, and any certificate that is shown, is an answer. */
export function isTalosSilent({ failure, connection }: ToolError): boolean {
  const { stderr, timedOut } = failure;
  if (timedOut) return true;
  if (talosObstacles.some(({ pattern }) => pattern.test(stderr))) return false;
  if (connection) return connection.prospect !== 'never' && !stderr.includes('x509: ');
  return stderr.includes('code = Unavailable');
}

/** Whose connection it is: a control plane may pass a call on to another node. */
function whyOf({ prospect, why }: ConnectionFailure, stderr: string): string {
  if (why === 'connection refused') return `${why}: the Talos API is not up yet`;
  const behind = /\* (\d[\d.]+): rpc error/.exec(stderr)?.[1];
  const whose = behind === undefined ? 'the Talos API' : `the Talos API of ${behind}`;
  if (prospect === 'never') return `${whose}: ${why}`;
  return why === 'no answer' ? 'no answer from the node' : why;
}

/**
 * What a failed `talosctl bootstrap` means (Talos source, machined's Bootstrap): `already`: this
 * node's etcd has data, from an earlier bootstrap or because it joined; `retry`: it is still
 * starting; `fail`: trying again does not help.
 */
export function bootstrapOutcome(error: ToolError): 'already' | 'retry' | 'fail' {
  if (error.says('AlreadyExists') || error.says('etcd data directory is not empty')) {
    return 'already';
  }
  return talosObstacle(error) === undefined ? 'fail' : 'retry';
}
