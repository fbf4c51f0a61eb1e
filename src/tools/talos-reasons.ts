import type { ToolError } from './tool-error.js';

/** Texts by which talosctl says that a node does not answer yet, and what they mean. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/connection refused/, 'connection refused: the Talos API is not up yet'],
  [/no route to host|network is unreachable/, 'no route to the node'],
  [
    /certificate signed by unknown authority|unknown certificate authority|certificate required/,
    "the node is in maintenance mode or has other secrets: its certificate is not the cluster's",
  ],
  [
    /is not yet valid: current time \S+ is before/,
    'the clocks of the node and this machine differ',
  ],
  [
    /i\/o timeout|deadline exceeded|DeadlineExceeded|operation timed out/,
    'no answer from the node',
  ],
  [/time is not in sync yet/, 'the node waits for the time to be in sync'],
  [/bootstrap is not available yet/, 'the node is still starting its services'],
  [/is not registered on any nodes/, 'the node has not started etcd yet'],
  [
    /lstat \/var\/lib\/etcd: no such file or directory/,
    "the folder of etcd's data is not there yet, or etcd has left the cluster",
  ],
  [
    /connection reset|unexpected EOF|error reading server preface|transport is closing/,
    'the connection broke off',
  ],
  [/code = Unavailable/, 'the Talos API is not available yet'],
];

/** Why the Talos API of a node does not answer yet, in a few words; undefined: a real failure. */
export function talosNotReady(error: ToolError): string | undefined {
  const { stderr, timedOut } = error.failure;
  if (timedOut) return 'no answer from the node';
  return reasons.find(([pattern]) => pattern.test(stderr))?.[1];
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
  return talosNotReady(error) === undefined ? 'fail' : 'retry';
}
