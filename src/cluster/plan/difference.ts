import { enumerate } from '../../lib/format.js';

/** What bringing a difference about does to a running cluster. */
export type Effect =
  /** Nothing restarts. */
  | 'live'
  /** Nodes, or what runs on them, restart. */
  | 'restart'
  /** Only nodes that are made anew have it. */
  | 'replacement'
  /** Servers go. */
  | 'removal'
  /** Servers come. */
  | 'addition'
  /** A cluster keeps it for its whole life. */
  | 'impossible';

/** What brings a difference about; `apply`, `upgrade` and `replace` are commands still to come. */
export type Means = 'create' | 'scale' | 'apply' | 'upgrade' | 'replace' | 'never';

/** One way in which cluster.yaml and the cluster differ. */
export interface Difference {
  /** The key of cluster.yaml: `talos.kubernetes_version`, `workers.web.labels`. */
  readonly key: string;
  /** Names of the servers that differ; empty when it is about the cluster as a whole. */
  readonly servers: readonly string[];
  /** What there is; null for what does not exist. */
  readonly found: string | null;
  /** What cluster.yaml says; null for what it does not ask for. */
  readonly wanted: string | null;
  readonly effect: Effect;
  readonly by: Means;
  /** Why it differs although nobody changed the file, or what kind of change it is: `a downgrade`. */
  readonly remark?: string | undefined;
  /** What brings it about: a command, or what to do by hand until there is one. */
  readonly way: string;
}

/** `1.19.6 → 1.18.4 (a downgrade)`; `+ udp 51820 from everywhere` for what is there or not. */
export function sidesText({ found, wanted, remark }: Difference): string {
  const sides =
    found === null ? `+ ${wanted ?? ''}` : wanted === null ? `- ${found}` : `${found} → ${wanted}`;
  return remark === undefined ? sides : `${sides} (${remark})`;
}

/** `talos.kubernetes_version 1.34.1 → 1.35.0: demo-cp-1 and demo-web-1`, for sentences. */
export function differenceText(difference: Difference): string {
  const { key, servers } = difference;
  const whom = servers.length === 0 ? '' : `: ${enumerate(servers)}`;
  return `${key} ${sidesText(difference)}${whom}`;
}
