import {
  buildOf,
  buildsAtWork,
  selectorOfBuild,
  type BuildPart,
} from '../../cluster/catalogue/image-builds.js';
import {
  seenBuilds,
  type BuildsSeen,
  type PartOfBuild,
} from '../../cluster/catalogue/seen-builds.js';
import { buildsSelector, isOfBuilds } from '../../cluster/state/labels.js';
import type { HetznerApi } from '../../hetzner/api.js';
import type { Firewall, Image, Pricing, Server, SshKey } from '../../hetzner/resources.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import { ownedServer } from './to-owned-resource.js';

/** Who looks: what an earlier run of its own holds is left. */
type Looker = Pick<FlowContext, 'hetzner' | 'holder'>;

/** A part that has a name. */
export interface NamedPart extends BuildPart {
  readonly name: string;
}

/** All that builds of images have in a project. */
export interface BuildParts {
  readonly servers: readonly Server[];
  readonly firewalls: readonly Firewall[];
  readonly sshKeys: readonly SshKey[];
  /** Snapshots that were not checked. */
  readonly images: readonly Image[];
}

/** What there is of builds of images, of one or of all. */
export async function buildParts(hetzner: HetznerApi, id?: string): Promise<BuildParts> {
  const selector = id === undefined ? buildsSelector : selectorOfBuild(id);
  const [servers, firewalls, sshKeys, images] = await inParallel(
    hetzner.servers(selector),
    hetzner.firewalls(selector),
    hetzner.sshKeys(selector),
    hetzner.images({ labelSelector: selector }),
  );
  return { servers, firewalls, sshKeys, images };
}

/** Those of builds that nobody is at work with. */
export function stoppedParts({ hetzner, holder }: Looker, parts: BuildParts): BuildParts {
  const { servers, firewalls, sshKeys, images } = parts;
  const all = [...servers, ...firewalls, ...sshKeys, ...images];
  const atWork = buildsAtWork(all, { now: hetzner.now(), own: holder });
  const isStopped = (part: BuildPart): boolean => !atWork.has(buildOf(part) ?? '');
  return {
    servers: servers.filter(isStopped),
    firewalls: firewalls.filter(isStopped),
    sshKeys: sshKeys.filter(isStopped),
    images: images.filter(isStopped),
  };
}

/** How many there are. */
export function countParts({ servers, firewalls, sshKeys, images }: BuildParts): number {
  return servers.length + firewalls.length + sshKeys.length + images.length;
}

type Lists = Pick<BuildParts, 'servers' | 'firewalls'> & { readonly pricing: Pricing };

/**
 * What builds of images have in the project, and whether somebody is at work with it. A build's firewall
 * goes last of all: where neither one nor a server is, nothing is left that costs, and no more is asked for.
 */
export async function observeBuilds(
  ctx: Looker,
  { servers, firewalls, pricing }: Lists,
): Promise<BuildsSeen> {
  const isPart = ({ labels }: Pick<BuildPart, 'labels'>): boolean => isOfBuilds(labels);
  if (![...servers, ...firewalls].some(isPart)) return { atWork: [], left: [] };
  return describeBuilds(ctx, await buildParts(ctx.hetzner), pricing);
}

/** The same of parts that were looked for. */
export function describeBuilds(
  { hetzner, holder }: Looker,
  parts: BuildParts,
  pricing: Pricing,
): BuildsSeen {
  const free = { detail: '', monthly: undefined };
  const seen: readonly PartOfBuild[] = [
    ...parts.servers.map((server): PartOfBuild => {
      const lists = { servers: [], loadBalancers: [], pricing };
      const { detail, monthly } = ownedServer({ ...server, owner: 'other' }, lists);
      return { ...partOf(server), kind: 'server', detail, monthly };
    }),
    ...parts.firewalls.map((one): PartOfBuild => ({ ...partOf(one), ...free, kind: 'firewall' })),
    ...parts.sshKeys.map((one): PartOfBuild => ({ ...partOf(one), ...free, kind: 'ssh-key' })),
    ...parts.images.map(({ id, labels }): PartOfBuild => ({
      id,
      labels,
      name: '',
      ...free,
      kind: 'snapshot',
    })),
  ];
  return seenBuilds(seen, { now: hetzner.now(), own: holder });
}

function partOf({ id, name, labels }: NamedPart): NamedPart {
  return { id, name, labels };
}
