import { oxide } from '../../lib/commands.js';
import { enumerate, formatDuration } from '../../lib/format.js';
import type { Labels } from '../state/cluster-state.js';
import { addCosts, monthlyText, type Cost } from '../state/cost.js';
import { kindNames } from '../state/owned-resources.js';
import { readLease, type Lease } from '../state/lease.js';
import { buildOf, buildsAtWork, imageNameOf } from './image-builds.js';

/** Something in the project that a build of an image made for a time. */
export interface PartOfBuild {
  readonly kind: 'server' | 'firewall' | 'ssh-key' | 'snapshot';
  readonly id: number;
  readonly name: string;
  readonly labels: Labels;
  /** `cx23 in nbg1`; empty where the name says all. */
  readonly detail: string;
  readonly monthly: Cost | undefined;
}

/** What builds of images have in the project. */
export interface BuildsSeen {
  /** Of builds that an oxide seems to be at work with. */
  readonly atWork: readonly PartOfBuild[];
  /** Of builds that were stopped before they could remove it. */
  readonly left: readonly PartOfBuild[];
}

/** When it is, and who looks. */
interface Looking {
  /** ms since the epoch, by Hetzner's clock. */
  readonly now: number;
  readonly own: Pick<Lease, 'id'>;
}

/** Parts that a build still holds are not left, whoever looks. */
export function seenBuilds(parts: readonly PartOfBuild[], looking: Looking): BuildsSeen {
  const working = buildsAtWork(parts, looking);
  const isHeld = (part: PartOfBuild): boolean => working.has(buildOf(part) ?? '');
  return { atWork: parts.filter(isHeld), left: parts.filter((part) => !isHeld(part)) };
}

/** What builds have there, as sentences beside a plan. */
export function buildNotes(seen: BuildsSeen, now: number): readonly string[] {
  const left = leftBuildTexts(seen).map(
    (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}: ${oxide`image prune`} removes it.`,
  );
  return [...left, ...runningBuildTexts(seen, now)];
}

/** What each stopped build left, with its price. */
export function leftBuildTexts({ left }: BuildsSeen): readonly string[] {
  return [...byBuild(left).values()].map((parts) => {
    const image = imageNameOf(parts[0]?.labels ?? {});
    const things = enumerate(parts.map(partText));
    return `a build of ${image} that was stopped left ${things}${priceText(parts)}`;
  });
}

/** Who makes an image at present, and what becomes of that if it was killed a moment ago. */
export function runningBuildTexts({ atWork }: BuildsSeen, now: number): readonly string[] {
  return [...byBuild(atWork).values()].flatMap((parts) => {
    const leases = parts.flatMap(({ labels }) => readLease(labels) ?? []);
    const lease = leases.sort((a, b) => b.until - a.until)[0];
    const shown = parts.find(({ kind }) => kind === 'server') ?? parts[0];
    if (!lease || !shown) return [];
    return [
      `An oxide on ${lease.host} makes ${imageNameOf(shown.labels)} with ${partText(shown)}${priceText(parts)}, and removes it afterwards. ` +
        `Should it have been killed: in ${formatDuration(lease.until - now)}, ${oxide`image prune`} can do that.`,
    ];
  });
}

function byBuild(parts: readonly PartOfBuild[]): ReadonlyMap<string, readonly PartOfBuild[]> {
  const builds = new Map<string, PartOfBuild[]>();
  for (const part of parts) {
    const id = buildOf(part) ?? '';
    builds.set(id, [...(builds.get(id) ?? []), part]);
  }
  return builds;
}

/** `the server oxide-image-x86-1a2b3c4d (cx23 in nbg1)` */
function partText({ kind, id, name, detail }: PartOfBuild): string {
  if (kind === 'snapshot') return `the unfinished snapshot ${id}`;
  return `the ${kindNames[kind]} ${name}${detail === '' ? '' : ` (${detail})`}`;
}

function priceText(parts: readonly PartOfBuild[]): string {
  const [currency] = parts.flatMap(({ monthly }) => monthly?.currency ?? []);
  return currency === undefined ? '' : `, ${monthlyText(addCosts(parts, { currency }))}`;
}
