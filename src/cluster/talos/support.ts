import parse from 'semver/functions/parse.js';
import { formatDistance } from '../../lib/format.js';
import { kubernetesEnds, talosEnds } from './pins.js';

/** How long a minor version of a project gets fixes from those who make it. */
export interface SupportEnd {
  readonly project: 'Talos' | 'Kubernetes';
  /** `1.36` */
  readonly minor: string;
  /** The day, as `2027-06-28`; null when nobody has named one. */
  readonly ends: string | null;
  readonly state: 'supported' | 'ends-soon' | 'ended';
}

/** `v1.13.9` and `1.36.6`, with or without the v. */
export interface SupportedVersions {
  readonly talos: string;
  readonly kubernetes: string;
}

/** Two months before: time enough to plan an upgrade, and not a year of words about it. */
const soonMs = 60 * 24 * 60 * 60_000;

const ends = { Talos: talosEnds, Kubernetes: kubernetesEnds } as const;

/** The support of a version at `now`, ms since the Unix epoch; undefined for what is no version. */
export function supportOf(
  project: SupportEnd['project'],
  version: string,
  now: number,
): SupportEnd | undefined {
  const parsed = parse(version);
  if (!parsed) return undefined;
  const day = parsed.major === 1 ? ends[project].get(parsed.minor) : undefined;
  const minor = `${parsed.major}.${parsed.minor}`;
  if (day === undefined) return { project, minor, ends: null, state: 'supported' };
  const left = leftUntil(day, now);
  const state = left <= 0 ? 'ended' : left <= soonMs ? 'ends-soon' : 'supported';
  return { project, minor, ends: day, state };
}

/** One line for each version whose support has ended or ends soon. */
export function supportRemarks(found: readonly SupportEnd[], now: number): readonly string[] {
  return found.flatMap(({ project, minor, ends: day, state }) => {
    if (day === null || state === 'supported') return [];
    const maker = project === 'Talos' ? 'community support' : 'support';
    return state === 'ended'
      ? [`The ${maker} of ${project} ${minor} ended on ${day}: it gets no more fixes.`]
      : [
          `The ${maker} of ${project} ${minor} ends on ${day} (in ${formatDistance(leftUntil(day, now))}).`,
        ];
  });
}

/** What is said of the versions of a cluster.yaml. */
export function versionRemarks(versions: SupportedVersions, now: number): readonly string[] {
  const { talos, kubernetes } = versions;
  const found = [supportOf('Talos', talos, now), supportOf('Kubernetes', kubernetes, now)];
  return supportRemarks(
    found.filter((one) => one !== undefined),
    now,
  );
}

/** The day itself counts: its end in UTC. */
function leftUntil(day: string, now: number): number {
  return Date.parse(`${day}T23:59:59Z`) - now;
}
