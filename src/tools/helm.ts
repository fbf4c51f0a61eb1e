import { z } from 'zod';
import { OxideError } from '../lib/errors.js';
import type { Invocation } from './invocation.js';

export { foreignManagers, isNoRelease } from './kubernetes-reasons.js';

/** A release is found by its name in its namespace. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
}

const shortMs = 60_000;
const writeMs = 6 * 60_000;
/** After this helm itself gives a change up; its own unless told is the same. */
export const changeTimeoutMs = 5 * 60_000;

function call(
  kubeconfig: string,
  { namespace }: Release,
  options: { args: readonly string[]; timeoutMs: number },
): Invocation {
  const target = ['--kubeconfig', kubeconfig, '--namespace', namespace];
  return { tool: 'helm', args: [...options.args, ...target], timeoutMs: options.timeoutMs };
}

/** Prints `v4.1.4`; the same template works in helm 3 and 4. */
export const clientVersion = (): Invocation => ({
  tool: 'helm',
  args: ['version', '--template', '{{.Version}}'],
  timeoutMs: shortMs,
});

export interface ChartSource {
  /** The chart's name in its repository: `cilium`. */
  readonly chart: string;
  /** A repository's URL or an OCI URL (`oci://host/path/cilium`). */
  readonly from: string;
  /** With or without a leading v; helm 4 warns about one that the repository does not use. */
  readonly version: string;
}

/**
 * Fetches a chart as an archive into a folder. The repository is named in the call, so the user's
 * own list of repositories is neither needed nor changed.
 */
export function pull(source: ChartSource, folder: string): Invocation {
  const where = isOci(source.from) ? [source.from] : [source.chart, '--repo', source.from];
  const version = source.version.replace(/^v/, '');
  return {
    tool: 'helm',
    args: ['pull', ...where, '--version', version, '--destination', folder],
    timeoutMs: 2 * 60_000,
  };
}

/** A chart is either fetched from a URL, or is a folder or an archive on this machine. */
export function isChartUrl(from: string): boolean {
  return isOci(from) || /^https?:\/\//.test(from);
}

/** A chart in a registry of container images. */
export function isOci(from: string): boolean {
  return from.startsWith('oci://');
}

export interface UpgradeOptions {
  /** Path of the chart's folder or archive. */
  readonly chart: string;
  /** Path of the values file. */
  readonly values: string;
  /** Takes fields back that others have set. Only helm 4 knows it, and only helm 4 needs it. */
  readonly force?: boolean;
}

/**
 * Installs or upgrades, and does not wait for anything to become ready: waiting for every
 * Deployment would never end before the nodes are Ready, which is what the chart is for.
 */
export const upgradeInstall = (
  kubeconfig: string,
  release: Release,
  { chart, values, force }: UpgradeOptions,
): Invocation =>
  call(kubeconfig, release, {
    args: [
      ...['upgrade', release.name, chart, '--install', '--values', values],
      ...['--history-max', '5', '--timeout', `${changeTimeoutMs / 60_000}m`],
      ...(force ? ['--force-conflicts'] : []),
    ],
    timeoutMs: writeMs,
  });

/** The newest revision as JSON; fails with `release: not found`. See `parseStatus`. */
export const status = (kubeconfig: string, release: Release): Invocation =>
  call(kubeconfig, release, {
    args: ['status', release.name, '--output', 'json'],
    timeoutMs: shortMs,
  });

/** The values that the newest revision was given, as JSON. See `parseValues`. */
export const getValues = (kubeconfig: string, release: Release): Invocation =>
  call(kubeconfig, release, {
    args: ['get', 'values', release.name, '--output', 'json'],
    timeoutMs: shortMs,
  });

/**
 * The newest revision and its chart as JSON; fails with `release: not found`. See
 * `parseMetadata`.
 */
export const getMetadata = (kubeconfig: string, release: Release): Invocation =>
  call(kubeconfig, release, {
    args: ['get', 'metadata', release.name, '--output', 'json'],
    timeoutMs: shortMs,
  });

/**
 * All releases of all namespaces as JSON, also those by half: unasked, helm 3 leaves these out, and both
 * leave out what comes after the first 256. See `parseList`.
 */
export const list = (kubeconfig: string): Invocation => ({
  tool: 'helm',
  args: [
    ...['list', '--all-namespaces', '--deployed', '--failed', '--pending', '--uninstalling'],
    ...['--max', '0', '--output', 'json', '--kubeconfig', kubeconfig],
  ],
  timeoutMs: shortMs,
});

/** Frees a release that a first install left in `pending-install`. */
export const uninstall = (kubeconfig: string, release: Release): Invocation =>
  call(kubeconfig, release, { args: ['uninstall', release.name], timeoutMs: writeMs });

/** Frees a release that an upgrade left in `pending-upgrade`: back to the revision before. */
export const rollback = (kubeconfig: string, release: Release): Invocation =>
  call(kubeconfig, release, { args: ['rollback', release.name], timeoutMs: writeMs });

export interface ReleaseStatus {
  /** deployed, failed, superseded, uninstalling, pending-install, pending-upgrade, pending-rollback */
  readonly status: string;
  readonly revision: number;
  /** When the newest change began, ms since the epoch by the clock of the machine that made it. */
  readonly since: number | undefined;
}

/** The time is empty in helm 3, and absent in helm 4, where there is none. */
const statusSchema = z.object({
  version: z.number(),
  info: z.object({ status: z.string(), last_deployed: z.string().default('') }),
});

/** Reads `helm status -o json`. */
export function parseStatus(stdout: string): ReleaseStatus {
  const { version, info } = read(stdout, statusSchema);
  const began = Date.parse(info.last_deployed);
  return {
    status: info.status,
    revision: version,
    since: Number.isNaN(began) ? undefined : began,
  };
}

export interface ReleaseMetadata {
  readonly chart: string;
  /** Of the chart, without a leading v. */
  readonly version: string;
  /** Of the newest revision: `deployed`, `failed`, `pending-upgrade`. */
  readonly status: string;
}

const metadataSchema = z.object({ chart: z.string(), version: z.string(), status: z.string() });

/** Reads `helm get metadata -o json`. */
export function parseMetadata(stdout: string): ReleaseMetadata {
  const { chart, version, status } = read(stdout, metadataSchema);
  return { chart, version: version.replace(/^v/, ''), status };
}

export interface ListedRelease extends Release {
  readonly status: string;
  /** With its version: `hcloud-csi-2.22.1`. */
  readonly chart: string;
}

const listSchema = z.array(
  z.object({ name: z.string(), namespace: z.string(), status: z.string(), chart: z.string() }),
);

/** Reads `helm list -o json`. */
export function parseList(stdout: string): readonly ListedRelease[] {
  return read(stdout, listSchema);
}

/** Reads `helm get values -o json`: `null` when there are none. */
export function parseValues(stdout: string): Readonly<Record<string, unknown>> {
  return read(stdout, z.record(z.string(), z.unknown()).nullable()) ?? {};
}

function read<S extends z.ZodType>(stdout: string, schema: S): z.output<S> {
  try {
    return schema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new OxideError(
      'the output of helm is not what it should be: it breaks off or is no JSON',
      {
        hint: 'Run the same command again.',
        cause,
      },
    );
  }
}
