import { labelKeys } from './labels.js';
import type { Labels } from './cluster-state.js';

/** Who works on a cluster, as a label of its network says it: seen from every machine. */
export interface Lease {
  /** Of one output folder's run; a run that takes over after a killed one keeps its id. */
  readonly id: string;
  /** Name of the machine, as far as a label can hold it. */
  readonly host: string;
  /** ms since the epoch, by Hetzner's clock; from then on nobody holds the cluster. */
  readonly until: number;
}

/** Hetzner's label values end at 63 characters: ten for the time, twelve for the id, two dots. */
const hostLength = 39;

/** The label of a lease: `1764225600.3f9a0c12b7d1.laptop`, the time in seconds. */
export function leaseLabels({ id, host, until }: Lease): Labels {
  const name = host.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, hostLength);
  // A label's value ends with a letter or a digit.
  const seconds = Math.ceil(until / 1_000);
  return { [labelKeys.lease]: `${seconds}.${id}.${name.replace(/-+$/, '') || 'unknown'}` };
}

/** The lease that these labels tell of; undefined when there is none, or none that can be read. */
export function readLease(labels: Labels): Lease | undefined {
  const [, seconds, id, host] = /^(\d+)\.(\w+)\.(.+)$/.exec(labels[labelKeys.lease] ?? '') ?? [];
  if (seconds === undefined || id === undefined || host === undefined) return undefined;
  return { id, host, until: Number(seconds) * 1_000 };
}
