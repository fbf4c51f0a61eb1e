import { tool } from '../lib/commands.js';
import { OxideError } from '../lib/errors.js';
import type { ToolOutput } from './invocation.js';

/**
 * What is in the folder of etcd's data, from `talosctl list`: the same look that Talos takes before it
 * lets a bootstrap through. An empty folder proves that there is none, because it is there only
 * once the node's disk is. Up to 1.13 talosctl prints a table, then names alone.
 */
export function parseEtcdFolder({ stdout }: ToolOutput): 'data' | 'empty' {
  const lines = stdout.split('\n').filter((line) => !/^NODE\s+NAME\s*$/.test(line));
  const names = lines.map((line) => line.trim().split(/\s+/).at(-1)).filter((name) => name !== '');
  // The folder itself is always listed.
  if (!names.includes('.') || !stdout.endsWith('\n')) throw unreadable('no list of a folder');
  return names.length > 1 ? 'data' : 'empty';
}

/** The service "etcd" of a node, from `talosctl service etcd`. */
export interface EtcdService {
  /** Starting, Waiting, Preparing, Running, Stopping, Finished or Failed. */
  readonly state: string;
  /** What happened to it last, in one line. */
  readonly lastEvent: string;
  /**
   * Whether its process has run in this boot: then the cluster was founded, by this node or by one
   * that took it in. A state that is left says nothing: Talos shows `Failed` and `Finished` also
   * for one that never ran (machined, services/etcd.go and service_runner.go).
   */
  readonly hasRun: boolean;
}

/** Reads the service; its events stand below each other with the newest first, some in two lines. */
export function parseEtcdService({ stdout }: ToolOutput): EtcdService {
  const state = /^STATE\s+(\w+)/m.exec(stdout)?.[1];
  if (state === undefined) throw unreadable('no STATE');
  const newest = /^EVENTS\s+\[\w+\]: ([\s\S]*?) \(\S+ ago\)$/m.exec(stdout)?.[1] ?? '';
  return {
    state,
    lastEvent: newest.replaceAll(/\s+/g, ' '),
    hasRun: state === 'Running' || /^(?:EVENTS)?\s+\[Running\]:/m.test(stdout),
  };
}

function unreadable(what: string): OxideError {
  return new OxideError(`the output of talosctl is not what it should be: ${what}`, {
    hint: `Its version may not be the one that cluster.yaml needs: ${tool`talosctl version --client`}`,
  });
}
