import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { OxideError } from '../lib/errors.js';
import { Secret } from '../lib/secret.js';

/**
 * A release as helm keeps it: a Secret of the type `helm.sh/release.v1` for each revision, with
 * name, version and status in its labels (helm source, pkg/storage/driver/secrets.go, 3.19 and 4.2).
 */
export interface KeptRelease {
  readonly name: string;
  readonly namespace: string;
  /** Of its newest revision, in helm's word: `deployed`. */
  readonly status: string;
  /** All of it, its values among it; undefined unless it is deployed. */
  readonly stored: Secret | undefined;
}

/** A Secret of helm's as kubectl prints it. */
export interface ReleaseRow {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
  /** What is in it; empty where it is not printed. */
  readonly stored: string;
}

/** The newest revision of each release. `stored`: those that are deployed, with what is in them. */
export function newestReleases(
  all: readonly ReleaseRow[],
  stored: readonly ReleaseRow[],
): readonly KeptRelease[] {
  const newest = new Map<string, ReleaseRow>();
  for (const row of all) {
    const known = newest.get(keyOf(row));
    if (!known || revisionOf(row) > revisionOf(known)) newest.set(keyOf(row), row);
  }
  return [...newest.values()].map((row) => {
    const held = stored.find(
      (one) => keyOf(one) === keyOf(row) && revisionOf(one) === revisionOf(row),
    );
    const { name, status } = row.labels;
    return {
      name: String(name),
      namespace: row.namespace,
      status: String(status),
      stored: held?.stored ? new Secret(held.stored) : undefined,
    };
  });
}

function keyOf({ namespace, labels }: ReleaseRow): string {
  return `${namespace}/${String(labels['name'])}`;
}

function revisionOf({ labels }: ReleaseRow): number {
  return Number(labels['version']);
}

const releaseSchema = z.object({
  chart: z.object({ metadata: z.object({ name: z.string(), version: z.string() }) }),
  config: z.record(z.string(), z.unknown()).nullish(),
});

/** What of a stored release is compared: its chart, with a version without a leading v, and its values. */
export interface ReleaseContent {
  readonly chart: string;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads it: JSON, compressed, in base64 by helm and once more by Kubernetes. */
export function readKeptRelease(stored: Secret): ReleaseContent {
  try {
    const packed = Buffer.from(Buffer.from(stored.reveal(), 'base64').toString('latin1'), 'base64');
    const { chart, config } = releaseSchema.parse(JSON.parse(gunzipSync(packed).toString('utf8')));
    const { name, version } = chart.metadata;
    return { chart: name, version: version.replace(/^v/, ''), values: config ?? {} };
  } catch {
    // The cause may hold values: it is not told.
    throw new OxideError('what helm keeps of a release cannot be read', {
      hint: 'Run the same command again.',
    });
  }
}
